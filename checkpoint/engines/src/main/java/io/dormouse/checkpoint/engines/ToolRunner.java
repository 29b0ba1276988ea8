package io.dormouse.checkpoint.engines;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Runs a tool to its end, or kills it with all that it started when its time is up or the thread is
 * interrupted.
 */
final class ToolRunner {
  private static final Duration SUBJECT_GONE_WAIT = Duration.ofSeconds(2);

  /** A tool that used no processor time for so long does not get on. */
  private static final Duration STILL = Duration.ofSeconds(5);

  /** How a tool ended, with the tail of what it printed. */
  record Result(int exitStatus, String output, Duration took) {}

  /** A tool to run; {@code environment} is added to a minimal one with the system's usual PATH. */
  record Call(String name, List<String> argv, Map<String, String> environment, Path directory) {}

  /**
   * What bounds a tool.
   *
   * @param timeout for all of it
   * @param subject whether what it works on is still there; when that goes, the tool gets a moment
   *     to see it by itself, then it counts as hung
   * @param giveUp makes the tool end by itself; it gets as much time again for that, as long as it
   *     gets on, before it is killed
   */
  record Terms(Duration timeout, BooleanSupplier subject, Optional<Runnable> giveUp) {}

  private ToolRunner() {}

  /** Any exit status is a result; not starting, and taking too long, are failures. */
  static Outcome<Result> run(Call call, Duration timeout) {
    return run(call, timeout, () -> true);
  }

  /** The same for a tool that works on something that may vanish under it. */
  static Outcome<Result> run(Call call, Duration timeout, BooleanSupplier subject) {
    return run(call, new Terms(timeout, subject, Optional.empty()));
  }

  static Outcome<Result> run(Call call, Terms terms) {
    return RunningTool.start(call)
        .then(
            tool -> {
              try {
                return awaitOver(call, tool, terms, () -> false)
                    .orUndo(failure -> awaitMercy(call, tool, terms))
                    .then(over -> Outcome.ok(tool.result()));
              } finally {
                tool.close();
              }
            });
  }

  /**
   * Waits until the tool has ended, or something else has come; after a failure it was told to give
   * up, and may run still.
   */
  static Outcome<Done> awaitOver(Call call, RunningTool tool, Terms terms, BooleanSupplier orElse) {
    long start = System.nanoTime();
    Waiting.until(
        () -> !tool.runs() || orElse.getAsBoolean() || isGone(terms.subject()), terms.timeout());
    boolean interrupted = Thread.currentThread().isInterrupted();
    if (isGone(terms.subject())) {
      Waiting.until(() -> !tool.runs(), SUBJECT_GONE_WAIT);
    }
    if (!tool.runs() || orElse.getAsBoolean()) {
      return Outcome.ok(new Done(Duration.ofNanos(System.nanoTime() - start)));
    }
    String excerpt = tool.excerpt();
    terms.giveUp().ifPresent(Runnable::run);
    if (interrupted) {
      return Outcome.failed(new EngineFailure.Io("wait for " + call.name(), "interrupted"));
    }
    return Outcome.failed(
        isGone(terms.subject())
            ? new EngineFailure.ProcessGone("what " + call.name() + " worked on")
            : new EngineFailure.TimedOut(call.name(), terms.timeout(), excerpt));
  }

  /**
   * Gives a tool that was told to give up the time for it, also on an interrupted thread. To kill a
   * tool that puts right what it did, only because the machine is busy, would do harm.
   */
  static Outcome<Done> awaitMercy(Call call, RunningTool tool, Terms terms) {
    if (terms.giveUp().isEmpty()) {
      return Outcome.ok(new Done(Duration.ZERO));
    }
    Duration limit = Collections.max(List.of(terms.timeout(), STILL));
    long start = System.nanoTime();
    long before = tool.workedNanos();
    while (!Waiting.untilUninterrupted(() -> !tool.runs(), STILL)) {
      long worked = tool.workedNanos();
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      if (worked == before || took.compareTo(limit) >= 0) {
        return Outcome.failed(
            new EngineFailure.TimedOut(call.name() + " (told to give up)", took, tool.excerpt()));
      }
      before = worked;
    }
    return Outcome.ok(new Done(Duration.ofNanos(System.nanoTime() - start)));
  }

  private static boolean isGone(BooleanSupplier subject) {
    try {
      return !subject.getAsBoolean();
    } catch (UncheckedIOException e) {
      // As long as that can't be told, the tool is given its time.
      return false;
    }
  }
}
