package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agent.InstanceRecord.Lease;
import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.InstanceStatus;
import io.dormouse.checkpoint.agentapi.proto.ThinReply;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.engines.telemetry.Usage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One instance id on this node: its record, its launcher, its lease. All but {@link #execute} and
 * what says so is for tasks of its own strand only, which runs them one after the other.
 */
final class Session {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  /** The state that was logged last. */
  private @Nullable InstanceState told;

  final String instance;
  final Parts parts;
  private final Executor strand;
  private final Observed seen;

  private volatile @Nullable InstanceRecord record;
  private @Nullable LauncherLink launcher;
  private HeldFifo held = HeldFifo.NONE;
  private long leaseEndNanos;
  private long leaseWatches;
  private boolean outOfSight;
  private boolean retired;
  private volatile @Nullable InstanceStatus status;
  private volatile @Nullable String livingCapsule;
  private volatile boolean pagesMayCome;
  private volatile @Nullable String livingKind;

  /** As long as there is no record, it may have been made for nothing. */
  private volatile boolean needsCare = true;

  Session(String instance, Parts parts, Executor strand) {
    this.instance = instance;
    this.parts = parts;
    this.strand = strand;
    this.seen = new Observed(parts.verdicts(), instance);
  }

  /** Runs a task after all that were given before. */
  void execute(Runnable task) {
    strand.execute(
        () -> {
          try {
            task.run();
          } catch (RuntimeException e) {
            LOG.error("instance={}: unexpected failure", instance, e);
          }
        });
  }

  /** As of the last change and sample; for any thread. Null before there was anything. */
  @Nullable InstanceStatus status() {
    InstanceStatus last = status;
    return last == null ? null : seen.with(last, livingKind);
  }

  /** For any thread. */
  @Nullable InstanceRecord record() {
    return record;
  }

  /** The record of an instance that is there and not over, or null. */
  @Nullable InstanceRecord living() {
    InstanceRecord current = record;
    return current == null || current.isOver() ? null : current;
  }

  /** Writes the record down before the act that it announces; nobody is told yet. */
  void intend(InstanceRecord next) {
    write(next, parts.records()::save);
  }

  /** The same for an act after which an image may not be woken any more, whatever happens. */
  void intendDurably(InstanceRecord next) {
    write(next, parts.records()::saveDurably);
  }

  private void write(InstanceRecord next, Saving saving) {
    try {
      saving.save(next);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The record of " + instance + " can't be written.\nMaybe the disk is full.", e);
    }
    hold(next);
  }

  private void hold(InstanceRecord next) {
    record = next;
    boolean lives = !next.isOver() && next.life() != null;
    livingKind = lives ? Objects.requireNonNull(next.life()).kind() : null;
    livingCapsule = lives ? Objects.requireNonNull(next.life()).capsule() : null;
    needsCare =
        next.isOver() || next.state() == InstanceState.ATTACHED || !next.images().stale().isEmpty();
  }

  private interface Saving {
    void save(InstanceRecord record) throws IOException;
  }

  /** Writes the record down and tells everybody. */
  void become(InstanceRecord next) {
    intend(next);
    publish();
  }

  /** Tells everybody of the record as it is. */
  void publish() {
    InstanceStatus current = refresh();
    if (current.getState() != told) {
      told = current.getState();
      LOG.info("instance={} generation={} state={}", instance, current.getGeneration(), told);
    }
    parts.events().accept(AgentEvent.newBuilder().setChanged(current).build());
  }

  /** Takes a record over from an earlier process. */
  void recover(InstanceRecord found) {
    hold(found);
    Lease lease = found.lease();
    if (lease != null) {
      long left = lease.untilEpochMillis() - parts.clock().wall().millis();
      long bounded = Math.max(0, Math.min(left, lease.millis()));
      leaseEndNanos = nanoTime() + TimeUnit.MILLISECONDS.toNanos(bounded);
    }
    var unused = refresh();
  }

  Lease newLease(Duration duration) {
    leaseEndNanos = nanoTime() + duration.toNanos();
    return new Lease(duration.toMillis(), parts.clock().wall().millis() + duration.toMillis());
  }

  /** Lets the lease that is in force end after this, without a word to anybody. */
  void shortenLease(Duration duration) {
    leaseEndNanos = nanoTime() + duration.toNanos();
  }

  /** Counts a new watch on the lease: only the latest counts. */
  long newLeaseWatch() {
    return ++leaseWatches;
  }

  boolean isLatestLeaseWatch(long watch) {
    return watch == leaseWatches;
  }

  /** What is left of the lease; zero once it is over or when there is none. */
  Duration leaseLeft() {
    InstanceRecord current = record;
    return current == null || current.lease() == null
        ? Duration.ZERO
        : Duration.ofNanos(Math.max(0, leaseEndNanos - nanoTime()));
  }

  /** Tells once when it can't be told any more how the instance stands, and once when it can. */
  void lookedAt(Outcome<?> seen) {
    boolean unclear = seen instanceof Outcome.Failed<?>;
    if (unclear && !outOfSight) {
      LOG.error("instance={}: {}", instance, ((Outcome.Failed<?>) seen).failure().message());
    } else if (!unclear && outOfSight) {
      LOG.info("instance={}: it can be told again how it stands.", instance);
    }
    outOfSight = unclear;
  }

  /** Whether pages of its memory may still come in. For any thread. */
  boolean pagesMayCome() {
    return pagesMayCome;
  }

  void pagesMayCome(boolean mayCome) {
    pagesMayCome = mayCome;
  }

  @Nullable LauncherLink launcher() {
    return launcher;
  }

  void connect(LauncherLink link) {
    launcher = link;
  }

  /** Sends to the launcher, if there is one. */
  void tell(ThinReply reply) {
    LauncherLink link = launcher;
    if (link != null) {
      link.send(reply);
    }
  }

  /** Holds a FIFO open until the launcher is gone. */
  void keepOpen(Path fifo) {
    held = HeldFifo.open(instance, fifo);
  }

  void disconnect() {
    LauncherLink link = launcher;
    launcher = null;
    held.close();
    held = HeldFifo.NONE;
    if (link != null) {
      link.close();
    }
  }

  /** What a life was seen to use; for any thread. */
  void used(String capsule, Usage usage) {
    seen.used(capsule, usage);
  }

  /** The capsule whose processes may be measured; null when there is none. For any thread. */
  @Nullable String livingCapsule() {
    return livingCapsule;
  }

  /** Hash of what it runs; null when nothing does, or it is not known. For any thread. */
  @Nullable String livingKind() {
    return livingKind;
  }

  /** Whether there is something to clean up or to forget. For any thread. */
  boolean needsCare() {
    return needsCare;
  }

  /** The instance's status now, kept for {@link #status()} too. */
  InstanceStatus refresh() {
    InstanceRecord current = record;
    InstanceStatus.Builder next =
        current == null
            ? InstanceStatus.newBuilder().setInstance(instance)
            : current.status().toBuilder();
    if (isForsaken()) {
      next.setState(InstanceState.ENDED);
    }
    InstanceStatus built = next.build();
    status = built;
    return seen.with(built, livingKind);
  }

  /**
   * Whether it waits for an instance without a launcher that would take it: since a restart of the
   * agent, until that one comes back. Nobody is told that it waits.
   */
  boolean isForsaken() {
    InstanceRecord current = record;
    return current != null && current.state() == InstanceState.ATTACHED && launcher == null;
  }

  /** Takes the session out of use: whoever still holds it must look it up again. */
  void retire() {
    retired = true;
  }

  boolean isRetired() {
    return retired;
  }

  private long nanoTime() {
    return parts.clock().nanos().getAsLong();
  }
}
