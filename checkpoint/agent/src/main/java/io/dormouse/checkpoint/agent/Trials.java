package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agent.InstanceRecord.Life;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.InstanceStatus;
import io.dormouse.checkpoint.engines.Ability;
import io.dormouse.checkpoint.engines.DumpOptions;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.images.Trees;
import io.dormouse.checkpoint.images.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dumps one instance of each kind of which nothing is known yet, or whose last failure no longer
 * counts, and throws the image away: what can't be dumped shows before anybody counts on it. Only
 * what is small and rests is tried, one at a time, and never while other dumps take all places. The
 * instance stands still meanwhile, under a lease, and runs on.
 */
final class Trials {
  private static final Logger LOG = LoggerFactory.getLogger(Trials.class);

  /** Processor time between two looks up to which an instance rests. */
  private static final long CPU_MICROS_MAX = 50_000;

  /** Looks in a row at which it must have rested. */
  static final int LOOKS = 3;

  /** Memory of an instance up to which it is tried. */
  static final long RESIDENT_BYTES_MAX = 1L << 30;

  /** What must stay free on the disk. */
  private static final long FREE_BYTES_MIN = 1L << 30;

  /** How long a kind is left alone after a trial, whatever that came to. */
  static final Duration PAUSE = Duration.ofHours(1);

  private final Instances instances;
  private final Parts parts;
  private final Path scratch;
  private final AtomicBoolean busy = new AtomicBoolean();

  /** Both are of the thread that looks. */
  private final Map<String, Rest> rests = new HashMap<>();

  private final Map<String, Long> triedAtNanos = new HashMap<>();

  /**
   * Of the looks at one life so far.
   *
   * @param looks at which it rested, in a row
   */
  private record Rest(String generation, long cpuMicros, int looks) {
    static Rest after(@Nullable Rest before, InstanceStatus status) {
      int looks = 0;
      if (before != null
          && before.generation.equals(status.getGeneration())
          && status.getCpuMicros() - before.cpuMicros <= CPU_MICROS_MAX) {
        looks = before.looks + 1;
      }
      return new Rest(status.getGeneration(), status.getCpuMicros(), looks);
    }
  }

  /** {@code scratch}: made for each trial, and removed after it. */
  Trials(Instances instances, Path scratch) {
    this.instances = instances;
    this.parts = instances.parts();
    this.scratch = scratch;
  }

  /** Looks at all instances, after each sample; begins at most one trial. By one thread only. */
  void look() {
    Map<String, Rest> next = new HashMap<>();
    Session chosen = null;
    for (Session session : instances.all()) {
      InstanceStatus status = session.status();
      if (status != null
          && status.getState() == InstanceState.RUNNING
          && status.getResidentBytes() > 0) {
        Rest rest = Rest.after(rests.get(session.instance), status);
        next.put(session.instance, rest);
        if (chosen == null && rest.looks >= LOOKS && isWanted(session.livingKind(), status)) {
          chosen = session;
        }
      }
    }
    rests.clear();
    rests.putAll(next);
    if (chosen != null && parts.engine().abilities().contains(Ability.IMAGE)) {
      begin(chosen);
    }
  }

  private boolean isWanted(@Nullable String kind, InstanceStatus status) {
    if (kind == null
        || status.getResidentBytes() > RESIDENT_BYTES_MAX
        || !parts.verdicts().isOpen(kind)) {
      return false;
    }
    long now = nanoTime();
    triedAtNanos.values().removeIf(at -> now - at >= PAUSE.toNanos());
    return !triedAtNanos.containsKey(kind)
        && triedAtNanos.size() < DumpVerdicts.KINDS_MAX
        && hasRoom(status.getResidentBytes());
  }

  private boolean hasRoom(long bytes) {
    try {
      Path parent = scratch.toAbsolutePath().getParent();
      return parent != null
          && Files.getFileStore(parent).getUsableSpace() >= 2 * bytes + FREE_BYTES_MIN;
    } catch (IOException e) {
      LOG.warn("No dump is tried, as the disk of {} can't be looked at: {}", scratch, e.toString());
      return false;
    }
  }

  private void begin(Session session) {
    String kind = session.livingKind();
    if (kind == null || !busy.compareAndSet(false, true)) {
      return;
    }
    triedAtNanos.put(kind, nanoTime());
    session.execute(
        () -> {
          try {
            run(session, kind);
          } finally {
            busy.set(false);
          }
        });
  }

  private void run(Session session, String kind) {
    InstanceRecord record = session.living();
    Life life = record == null ? null : record.life();
    boolean same = life != null && kind.equals(life.kind());
    if (record == null
        || life == null
        || !same
        || record.state() != InstanceState.RUNNING
        || !parts.verdicts().isOpen(kind)
        || !parts.dumps().tryAcquire()) {
      return;
    }
    try {
      Trees.delete(scratch);
      dump(session, record, PrivateFiles.directory(scratch));
    } catch (IOException e) {
      LOG.warn("instance={}: no dump could be tried in {}", session.instance, scratch, e);
    } finally {
      parts.dumps().release();
      sweep();
    }
  }

  /** Removes what is left of a trial: of one that failed, or of an agent that was killed. */
  void sweep() {
    try {
      Trees.delete(scratch);
    } catch (IOException e) {
      LOG.warn("What is left of a dump for trial is not removed yet: {}", e.toString());
    }
  }

  private void dump(Session session, InstanceRecord record, Path image) {
    Duration limit = parts.settings().quick();
    Outcome<Stop.Dumped> dumped =
        Stop.begin(session, record, limit.multipliedBy(2))
            .dump(image, new DumpOptions(DumpOptions.After.LEAVE_FROZEN, limit).live(true));
    if (dumped instanceof Outcome.Failed<Stop.Dumped> failed) {
      LOG.warn(
          "instance={}: a dump for trial failed: {}", session.instance, failed.failure().message());
    } else {
      LOG.info("instance={}: a dump for trial went well", session.instance);
    }
    if (!Ending.noticeExit(session)) {
      Freezing.runOn(session);
    }
  }

  private long nanoTime() {
    return parts.clock().nanos().getAsLong();
  }
}
