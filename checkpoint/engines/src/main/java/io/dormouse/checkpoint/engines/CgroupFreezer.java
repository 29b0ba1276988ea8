package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.HostReport.Freezer;
import io.dormouse.checkpoint.engines.ProcFs.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Stops the processes of one cgroup by writing its freezer file, v1 or v2. */
final class CgroupFreezer {
  private static final int SPAWNS_AWAITED_MAX = 50;
  private static final Duration SPAWN_PAUSE = Duration.ofMillis(2);
  private static final Duration FIRST_ATTEMPT = Duration.ofSeconds(1);
  private static final Set<String> SPAWNING = Set.of("kernel_clone", "wait_for_vfork_done");

  private final Freezer mode;
  private final Path directory;

  private CgroupFreezer(Freezer mode, Path directory) {
    this.mode = mode;
    this.directory = directory;
  }

  /**
   * The freezer of the cgroup {@code path} (like {@code dormouse/x}); empty if the host has none.
   */
  static Optional<CgroupFreezer> of(String path) {
    Optional<Mount> v1 = mount("cgroup", "freezer");
    if (v1.isPresent()) {
      return Optional.of(new CgroupFreezer(Freezer.CGROUP_V1, v1.get().point().resolve(path)));
    }
    return mount("cgroup2", "")
        .map(m -> new CgroupFreezer(Freezer.CGROUP_V2, m.point().resolve(path)));
  }

  static Freezer mode() {
    return of("").map(f -> f.mode).orElse(Freezer.NONE);
  }

  static Optional<Mount> mount(String type, String controller) {
    return ProcFs.mounts().stream()
        .filter(m -> m.type().equals(type))
        .filter(m -> controller.isEmpty() || m.superOptions().contains(controller))
        .findFirst();
  }

  Path directory() {
    return directory;
  }

  boolean exists() {
    return Presence.exists(directory);
  }

  boolean isFrozen() {
    return switch (mode) {
      case CGROUP_V1 ->
          Presence.read(directory.resolve("freezer.state"))
              .map(s -> s.strip().equals("FROZEN"))
              .orElse(false);
      case CGROUP_V2 ->
          Presence.read(directory.resolve("cgroup.events"))
              .map(s -> s.lines().anyMatch("frozen 1"::equals))
              .orElse(false);
      case NONE -> false;
    };
  }

  /** Every process in it and in the cgroups below. */
  List<Long> processes() {
    List<Long> pids = new ArrayList<>();
    collect(directory, pids);
    return pids;
  }

  private static void collect(Path group, List<Long> pids) {
    Presence.read(group.resolve("cgroup.procs"))
        .ifPresent(text -> text.lines().map(Long::parseLong).filter(p -> p > 0).forEach(pids::add));
    for (Path entry : Presence.list(group)) {
      if (Presence.isDirectory(entry)) {
        collect(entry, pids);
      }
    }
  }

  /**
   * Returns once all of it stands still, and no process in the middle of starting another: frozen
   * there, it could not be dumped.
   */
  Outcome<Done> freeze(Duration timeout) {
    long start = System.nanoTime();
    if (isFrozen()) {
      return Outcome.ok(new Done(Duration.ZERO));
    }
    Outcome<Done> frozen = freezeOnce(timeout);
    for (int i = 0; i < SPAWNS_AWAITED_MAX && frozen instanceof Outcome.Ok && isSpawning(); i++) {
      Duration left = timeout.minusNanos(System.nanoTime() - start);
      if (left.isNegative()) {
        break;
      }
      frozen = thaw(left).then(done -> freezeAfterPause(left));
    }
    return frozen;
  }

  private Outcome<Done> freezeAfterPause(Duration timeout) {
    Waiting.until(() -> false, SPAWN_PAUSE);
    return freezeOnce(timeout);
  }

  // The parent sleeps in the kernel until its child has got its own program, or ended.
  private boolean isSpawning() {
    return processes().stream()
        .flatMap(pid -> Presence.list(Path.of("/proc", Long.toString(pid), "task")).stream())
        .anyMatch(
            thread -> SPAWNING.contains(Presence.read(thread.resolve("wchan")).orElse("").strip()));
  }

  // The v1 freezer can miss a process that is just being made, and then waits for it for ever; it
  // sees it when it begins anew.
  private Outcome<Done> freezeOnce(Duration timeout) {
    long start = System.nanoTime();
    Duration left = timeout;
    try {
      for (Duration attempt = FIRST_ATTEMPT; !left.isNegative(); attempt = attempt.plus(attempt)) {
        write(true);
        if (Waiting.until(this::isFrozen, min(left, attempt))) {
          return Outcome.ok(new Done(Duration.ofNanos(System.nanoTime() - start)));
        }
        if (Thread.currentThread().isInterrupted()) {
          break;
        }
        write(false);
        left = timeout.minusNanos(System.nanoTime() - start);
      }
    } catch (IOException e) {
      return Outcome.failed(
          exists()
              ? EngineErrors.io("freeze " + directory, e)
              : new EngineFailure.ProcessGone(directory.toString()));
    }
    return thaw(Duration.ofSeconds(1))
        .then(
            done ->
                Outcome.failed(
                    new EngineFailure.TimedOut(
                        "freezing " + directory, timeout, "it did not stop; it runs on")));
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  Outcome<Done> thaw(Duration timeout) {
    long start = System.nanoTime();
    try {
      write(false);
    } catch (IOException e) {
      return Outcome.failed(
          exists()
              ? EngineErrors.io("thaw " + directory, e)
              : new EngineFailure.ProcessGone(directory.toString()));
    }
    if (!Waiting.until(() -> !isFrozen(), timeout)) {
      return Outcome.failed(
          new EngineFailure.TimedOut("thawing " + directory, timeout, "it is still frozen"));
    }
    return Outcome.ok(new Done(Duration.ofNanos(System.nanoTime() - start)));
  }

  private void write(boolean frozen) throws IOException {
    switch (mode) {
      case CGROUP_V1 ->
          Files.writeString(
              directory.resolve("freezer.state"),
              frozen ? "FROZEN" : "THAWED",
              java.nio.file.StandardOpenOption.WRITE);
      case CGROUP_V2 ->
          Files.writeString(
              directory.resolve("cgroup.freeze"),
              frozen ? "1" : "0",
              java.nio.file.StandardOpenOption.WRITE);
      case NONE -> throw new IOException("this host has no freezer");
    }
  }

  /**
   * Kills all of it. A v1 cgroup that is frozen, or is about to be, has to thaw for that: a SIGKILL
   * that waits comes before anything else then.
   */
  Outcome<Done> kill(Duration timeout) {
    long start = System.nanoTime();
    Signals.kill(processes());
    if (mode == Freezer.CGROUP_V1) {
      thaw(Duration.ofSeconds(1));
    }
    return Signals.killAll(this::processes, timeout)
        ? Outcome.ok(new Done(Duration.ofNanos(System.nanoTime() - start)))
        : Outcome.failed(
            new EngineFailure.TimedOut("killing " + directory, timeout, "processes are left"));
  }
}
