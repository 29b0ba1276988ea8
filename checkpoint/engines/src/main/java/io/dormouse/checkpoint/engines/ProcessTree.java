package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;

/** Stops, resumes and kills a process and all below it, by signals. */
final class ProcessTree {
  private ProcessTree() {}

  static Outcome<Done> stop(long root, Duration timeout) {
    return Outcome.attempt(() -> stopAll(root, timeout));
  }

  private static Outcome<Done> stopAll(long root, Duration timeout) {
    long start = System.nanoTime();
    if (!ProcFs.isAlive(root)) {
      return Outcome.failed(new EngineFailure.ProcessGone("pid " + root));
    }
    // A child may be born while its parent is being stopped, so look again until nothing runs.
    boolean stopped =
        Waiting.until(
            () -> {
              List<Long> running = ProcFs.tree(root).stream().filter(p -> !isStopped(p)).toList();
              try {
                Signals.stop(running);
              } catch (IOException e) {
                throw new UncheckedIOException("pid " + root + " can't be stopped", e);
              }
              return running.isEmpty();
            },
            timeout);
    return stopped
        ? Outcome.ok(new Done(Duration.ofNanos(System.nanoTime() - start)))
        : resume(root)
            .then(
                done ->
                    Outcome.failed(
                        new EngineFailure.TimedOut("stopping pid " + root, timeout, "it runs on")));
  }

  static boolean isStopped(long pid) {
    return ProcFs.stat(pid).map(s -> s.state() == 'T' || s.isZombie()).orElse(true);
  }

  static Outcome<Done> resume(long root) {
    return Outcome.attempt(() -> resumeAll(root));
  }

  private static Outcome<Done> resumeAll(long root) {
    if (!ProcFs.isAlive(root)) {
      return Outcome.failed(new EngineFailure.ProcessGone("pid " + root));
    }
    try {
      Signals.resume(ProcFs.tree(root));
      return Outcome.ok(new Done(Duration.ZERO));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("resume pid " + root, e));
    }
  }

  /** Fine if it is gone already. */
  static Outcome<Done> kill(long root, Duration timeout) {
    return Outcome.attempt(() -> killAll(root, timeout));
  }

  private static Outcome<Done> killAll(long root, Duration timeout) {
    long start = System.nanoTime();
    List<Long> tree = ProcFs.tree(root);
    return Signals.killAll(() -> tree.stream().filter(ProcFs::isAlive).toList(), timeout)
        ? Outcome.ok(new Done(Duration.ofNanos(System.nanoTime() - start)))
        : Outcome.failed(
            new EngineFailure.TimedOut("killing pid " + root, timeout, "processes are left"));
  }
}
