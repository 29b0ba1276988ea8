package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Runs a tool to its end, or kills it with all that it started when its time is up or the thread is
 * interrupted.
 */
final class ToolRunner {
  private static final Duration KILL_WAIT = Duration.ofSeconds(5);
  private static final Duration SUBJECT_POLL = Duration.ofMillis(200);
  private static final Duration SUBJECT_GONE_WAIT = Duration.ofSeconds(2);

  /** How a tool ended, with the tail of what it printed. */
  record Result(int exitStatus, String output, Duration took) {}

  /** A tool to run; {@code environment} is added to a minimal one with the system's usual PATH. */
  record Call(String name, List<String> argv, Map<String, String> environment, Path directory) {}

  private ToolRunner() {}

  /** Any exit status is a result; not starting, and taking too long, are failures. */
  static Outcome<Result> run(Call call, Duration timeout) {
    return run(call, timeout, () -> true);
  }

  /**
   * The same for a tool that works on something that may vanish under it; it gets a moment to see
   * that by itself, then it counts as hung.
   *
   * @param subject whether that is still there
   */
  static Outcome<Result> run(Call call, Duration timeout, BooleanSupplier subject) {
    long start = System.nanoTime();
    Path output;
    try {
      output = Files.createTempFile("dormouse-tool", ".log");
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("make a file for the output of " + call.name(), e));
    }
    try {
      Process process = start(call, output);
      if (!endsOrIsKilled(process, timeout, subject)) {
        return Outcome.failed(
            isGone(subject)
                ? new EngineFailure.ProcessGone("what " + call.name() + " worked on")
                : new EngineFailure.TimedOut(call.name(), timeout, LogExcerpt.of(output)));
      }
      return Outcome.ok(
          new Result(
              process.exitValue(),
              LogExcerpt.tail(output),
              Duration.ofNanos(System.nanoTime() - start)));
    } catch (IOException e) {
      return Outcome.failed(
          new EngineFailure.ToolMissing(
              call.argv().get(0), "it is not installed or not executable: " + e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Outcome.failed(new EngineFailure.Io("wait for " + call.name(), "interrupted"));
    } finally {
      EngineErrors.deleteQuietly(output);
    }
  }

  private static boolean endsOrIsKilled(Process process, Duration timeout, BooleanSupplier subject)
      throws InterruptedException {
    boolean ended = false;
    try {
      ended = ends(process, timeout, subject);
      return ended;
    } finally {
      if (!ended) {
        killWithDescendants(process.toHandle());
      }
    }
  }

  private static boolean ends(Process process, Duration timeout, BooleanSupplier subject)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (System.nanoTime() < deadline) {
      if (process.waitFor(SUBJECT_POLL.toMillis(), TimeUnit.MILLISECONDS)) {
        return true;
      }
      if (isGone(subject)) {
        return process.waitFor(SUBJECT_GONE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
      }
    }
    return !process.isAlive();
  }

  private static boolean isGone(BooleanSupplier subject) {
    try {
      return !subject.getAsBoolean();
    } catch (UncheckedIOException e) {
      // As long as that can't be told, the tool is given its time.
      return false;
    }
  }

  private static Process start(Call call, Path output) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(call.argv())
            .directory(call.directory().toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .redirectOutput(output.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().putAll(call.environment());
    return builder.start();
  }

  // A spinning child survives its parent (criu restore with a truncated image), so collect before
  // killing.
  static void killWithDescendants(ProcessHandle root) {
    Set<Long> seen = new HashSet<>();
    Signals.killAll(
        () -> {
          seen.add(root.pid());
          for (long pid : List.copyOf(seen)) {
            seen.addAll(ProcFs.tree(pid));
          }
          seen.removeIf(pid -> !ProcFs.isAlive(pid));
          return seen;
        },
        KILL_WAIT);
  }
}
