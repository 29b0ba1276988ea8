package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * A dump whose engine's process died in the middle of it. Its tools live on, and CRIU, which thaws
 * the cgroup while it holds the processes itself, freezes it anew when it ends: what is let go
 * before that stands still for ever, and what is frozen meanwhile keeps CRIU from its end.
 */
final class LeftDump {
  /** Tools that used no processor time for so long do not get on. */
  private static final Duration STILL = Duration.ofSeconds(5);

  private final InstanceFiles files;
  private final InstantSource clock;

  LeftDump(InstanceFiles files, InstantSource clock) {
    this.files = files;
    this.clock = clock;
  }

  /** To be said before the tools of a dump start, so that the next process knows of them. */
  void begin(Path images, Duration timeout) throws IOException {
    // As long again as it was given: see ToolRunner.
    long until = clock.millis() + 2 * timeout.toMillis();
    Files.writeString(files.dumpingMark(), until + "\n" + images);
  }

  /** The tools have ended. */
  void over() {
    EngineErrors.deleteQuietly(files.dumpingMark());
  }

  /**
   * Has its tools give up, and waits for them, so that they put the processes right; those that do
   * not get on, or take too long altogether, are killed. A failure says that they are at it still
   * when time is up. Never of a dump that is under way in this process.
   */
  Outcome<Done> end(Duration timeout) {
    long start = System.nanoTime();
    return Outcome.attempt(
        () -> {
          Optional<String> mark = Presence.read(files.dumpingMark());
          if (mark.isEmpty()) {
            return Done.already();
          }
          // Without its second line the tools were not started.
          String[] lines = mark.get().split("\n", 2);
          if (lines.length == 2 && !tools().isEmpty()) {
            CriuOptions.takeAway(Path.of(lines[1])).ifPresent(Runnable::run);
            if (!awaitEnd(start + timeout.toNanos(), Long.parseLong(lines[0]))) {
              return Outcome.failed(
                  new EngineFailure.TimedOut(
                      "the end of a dump that was cut short", timeout, "its tools are at it"));
            }
          }
          over();
          return Outcome.ok(new Done(Duration.ofNanos(System.nanoTime() - start)));
        });
  }

  private boolean awaitEnd(long deadlineNanos, long untilMillis) {
    List<Long> left = tools();
    while (!left.isEmpty()) {
      List<Long> waited = left;
      long before = worked(waited);
      if (!Waiting.until(() -> waited.stream().noneMatch(ProcFs::isAlive), STILL)) {
        if (worked(waited) == before || clock.millis() > untilMillis) {
          kill(waited);
        } else if (System.nanoTime() - deadlineNanos >= 0) {
          return false;
        }
      }
      if (Thread.currentThread().isInterrupted()) {
        return false;
      }
      left = tools();
    }
    return true;
  }

  private static long worked(List<Long> pids) {
    return pids.stream().mapToLong(ProcFs::workedNanos).sum();
  }

  private void kill(List<Long> pids) {
    EngineErrors.warn(
        "What was dumped may be harmed",
        new EngineFailure.WrongState(
            "the tools " + pids + " of " + files.directory(), "not getting on", "ended"));
    pids.forEach(
        pid -> ProcessHandle.of(pid).ifPresent(handle -> RunningTool.killWithDescendants(handle)));
  }

  /** With all that they started. */
  private List<Long> tools() {
    Optional<Long> own = ProcFs.uid(ProcessHandle.current().pid());
    return ProcFs.all().stream()
        // Owners can give theirs any command line.
        .filter(process -> !process.isZombie() && ProcFs.uid(process.pid()).equals(own))
        .filter(process -> isTool(process.pid()))
        .flatMap(process -> ProcFs.tree(process.pid()).stream())
        .distinct()
        .toList();
  }

  /** Runc has the directory of its work as an argument, and its CRIU works there. */
  private boolean isTool(long pid) {
    Path process = Path.of("/proc", Long.toString(pid));
    String work = files.toolWork().toString();
    List<String> words =
        List.of(Presence.read(process.resolve("cmdline")).orElse("").split("\0", -1));
    return (words.contains(Runc.CHECKPOINT) && words.contains(work))
        || worksIn(pid).equals(Optional.of(work));
  }

  private static Optional<String> worksIn(long pid) {
    try {
      return Presence.target(Path.of("/proc", Long.toString(pid), "cwd"));
    } catch (UncheckedIOException e) {
      if (Presence.isRefusal(e) || e.getCause() instanceof NoSuchFileException) {
        // Of one that may not be looked at, or is at its end and works nowhere.
        return Optional.empty();
      }
      throw e;
    }
  }
}
