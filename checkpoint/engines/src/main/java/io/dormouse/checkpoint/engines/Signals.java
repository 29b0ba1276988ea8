package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/** Sends signals. */
final class Signals {
  private static final Duration TIME_MAX = Duration.ofSeconds(5);

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
   * Kills what the supplier finds until it finds nothing more, also on a thread that is
   * interrupted; false if something is left when time is up.
   */
  static boolean killAll(Supplier<? extends Collection<Long>> pids, Duration timeout) {
    return Waiting.untilUninterrupted(
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
    // An interrupt must not keep what was stopped for a dump from going on.
    if (!Waiting.untilUninterrupted(() -> !shell.isAlive(), TIME_MAX)) {
      shell.destroyForcibly();
      throw new IOException("sending %s took more than %s".formatted(signal, TIME_MAX));
    }
  }
}
