package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Sends signals. */
final class Signals {
  private static final int SECONDS_MAX = 5;

  private Signals() {}

  /** Stops processes; those that are gone are passed over. */
  static void stop(Collection<Long> pids) throws IOException {
    send("STOP", pids);
  }

  static void resume(Collection<Long> pids) throws IOException {
    send("CONT", pids);
  }

  static void kill(Collection<Long> pids) {
    for (long pid : pids) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  /**
   * Kills what the supplier finds until it finds nothing more; false if something is left when time
   * is up.
   */
  static boolean killAll(Supplier<? extends Collection<Long>> pids, Duration timeout) {
    return Waiting.until(
        () -> {
          Collection<Long> left = pids.get();
          kill(left);
          return left.isEmpty();
        },
        timeout);
  }

  // Java has no call for other signals than TERM and KILL, and a shell's kill is everywhere.
  private static void send(String signal, Collection<Long> pids) throws IOException {
    if (pids.isEmpty()) {
      return;
    }
    List<String> argv =
        new ArrayList<>(
            List.of(
                "/bin/sh",
                "-c",
                "s=$1; shift; for p in \"$@\"; do kill -s \"$s\" \"$p\"; done",
                "sh",
                signal));
    pids.forEach(pid -> argv.add(Long.toString(pid)));
    Process shell =
        new ProcessBuilder(argv)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!shell.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
        shell.destroyForcibly();
        throw new IOException("sending %s took more than %d s".formatted(signal, SECONDS_MAX));
      }
    } catch (InterruptedException e) {
      shell.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while sending a signal", e);
    }
  }
}
