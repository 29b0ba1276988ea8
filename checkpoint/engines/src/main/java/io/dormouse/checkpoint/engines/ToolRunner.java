package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Runs a tool to its end, or kills it with all that it started when its time is up. */
final class ToolRunner {
  private static final Duration KILL_WAIT = Duration.ofSeconds(5);

  /** How a tool ended, with the tail of what it printed. */
  record Result(int exitStatus, String output, Duration took) {}

  /** A tool to run; {@code environment} is added to a minimal one with the system's usual PATH. */
  record Call(String name, List<String> argv, Map<String, String> environment, Path directory) {}

  private ToolRunner() {}

  /** Any exit status is a result; not starting, and taking too long, are failures. */
  static Outcome<Result> run(Call call, Duration timeout) {
    long start = System.nanoTime();
    Path output;
    try {
      output = Files.createTempFile("dormouse-tool", ".log");
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("make a file for the output of " + call.name(), e));
    }
    try {
      Process process = start(call, output);
      if (!process.waitFor(Math.max(1, timeout.toMillis()), TimeUnit.MILLISECONDS)) {
        killWithDescendants(process.toHandle());
        return Outcome.failed(
            new EngineFailure.TimedOut(call.name(), timeout, LogExcerpt.of(output)));
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
