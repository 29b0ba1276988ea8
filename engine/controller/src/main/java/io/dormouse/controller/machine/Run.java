package io.dormouse.controller.machine;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** An action under way: its intent, and what is being waited for. Owned by {@link Executor}. */
final class Run {
  private Intent intent;
  private Instant stepSince;
  private Optional<Long> awaitedWrite = Optional.empty();
  private Optional<Instant> sentAt = Optional.empty();
  private boolean unanswered;
  private Optional<Instant> retryAt = Optional.empty();
  private Optional<Transition.Finish> finish = Optional.empty();
  private boolean launcherGone;
  private boolean stranded;
  private boolean refused;
  private Duration active = Duration.ZERO;
  private long imageBytes;

  Run(Intent intent, Instant now) {
    this.intent = intent;
    this.stepSince = now;
  }

  Intent intent() {
    return intent;
  }

  /** The intent changes to its next step, which is being written. */
  void writing(Intent next, long ticket, Instant now, Duration pause) {
    boolean again = next.step() == intent.step() && next.tries() > intent.tries();
    retryAt = again ? Optional.of(now.plus(pause)) : Optional.empty();
    intent = next;
    stepSince = now;
    awaitedWrite = Optional.of(ticket);
    sentAt = Optional.empty();
    unanswered = false;
    refused = false;
  }

  /** The end is being written. */
  void finishing(Transition.Finish end, long ticket) {
    finish = Optional.of(end);
    awaitedWrite = Optional.of(ticket);
  }

  boolean awaits(long ticket) {
    return awaitedWrite.isPresent() && awaitedWrite.get() == ticket;
  }

  void written(Instant now) {
    awaitedWrite = Optional.empty();
    stepSince = now;
  }

  boolean durable() {
    return awaitedWrite.isEmpty();
  }

  Optional<Transition.Finish> finish() {
    return finish;
  }

  boolean late(Instant now, Duration deadline) {
    return stepSince.plus(deadline).isBefore(now);
  }

  /** Whether the step's command is to be sent now, for the first time or again. */
  boolean due(Instant now, Duration resend, Duration answerWithin) {
    if (!durable() || retryAt.map(at -> at.isAfter(now)).orElse(false)) {
      return false;
    }
    Duration wait = unanswered ? resend : answerWithin;
    return sentAt.map(sent -> !sent.plus(wait).isAfter(now)).orElse(true);
  }

  void sent(Instant now) {
    sentAt = Optional.of(now);
    unanswered = false;
  }

  /** The request went out and no answer will come. */
  void noAnswer() {
    unanswered = true;
  }

  void measured(Duration took, long bytes) {
    active = active.plus(took);
    imageBytes = Math.max(imageBytes, bytes);
  }

  Duration active() {
    return active;
  }

  long imageBytes() {
    return imageBytes;
  }

  /** Its step waits for an agent that has not been heard for a while; whether that is news. */
  boolean stranded(boolean now) {
    boolean news = now != stranded;
    stranded = now;
    return news;
  }

  boolean stranded() {
    return stranded;
  }

  void refused() {
    refused = true;
  }

  /** Whether the scheduler would not do the step at hand. */
  boolean wasRefused() {
    return refused;
  }

  void launcherGone() {
    launcherGone = true;
  }

  /** Whether the scheduler said, since the last call, that the launcher waking it is gone. */
  boolean takeLauncherGone() {
    boolean was = launcherGone;
    launcherGone = false;
    return was;
  }
}
