package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.ToolRunner.Call;
import io.dormouse.checkpoint.engines.ToolRunner.Result;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A tool that was started. Whoever starts one sees it end, or kills it. What it prints is kept in a
 * file without a name.
 */
final class RunningTool {
  private static final Duration KILL_WAIT = Duration.ofSeconds(5);

  private final Process process;
  private final RandomAccessFile output;
  private final long startNanos;

  private RunningTool(Process process, RandomAccessFile output) {
    this.process = process;
    this.output = output;
    this.startNanos = System.nanoTime();
  }

  static Outcome<RunningTool> start(Call call) {
    try {
      Path file = Files.createTempFile("dormouse-tool", ".log");
      try {
        return start(call, new RandomAccessFile(file.toFile(), "r"), file);
      } finally {
        // The tool and we have it open: it is gone with both, however they end.
        EngineErrors.deleteQuietly(file);
      }
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("make a file for the output of " + call.name(), e));
    }
  }

  private static Outcome<RunningTool> start(Call call, RandomAccessFile output, Path file) {
    try {
      return Outcome.ok(new RunningTool(start(call, file), output));
    } catch (IOException e) {
      close(output);
      return Outcome.failed(
          new EngineFailure.ToolMissing(
              call.argv().get(0), "it is not installed or not executable: " + e.getMessage()));
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

  boolean runs() {
    return process.isAlive();
  }

  /** Processor time that it and its children have used, their other threads aside. */
  long workedNanos() {
    return ProcFs.tree(process.pid()).stream().mapToLong(ProcFs::workedNanos).sum();
  }

  /** How it ended. Fails if it runs. */
  Result result() {
    return new Result(
        process.exitValue(),
        LogExcerpt.tail(output),
        Duration.ofNanos(System.nanoTime() - startNanos));
  }

  /** The errors in what it printed so far. */
  String excerpt() {
    return LogExcerpt.of(output);
  }

  /** Ends it with all that it started, unless it has ended; to be called in the end anyway. */
  void close() {
    if (runs()) {
      killWithDescendants(process.toHandle());
    }
    close(output);
  }

  private static void close(RandomAccessFile output) {
    try {
      output.close();
    } catch (IOException e) {
      EngineErrors.warn("A file is left open", EngineErrors.io("close a tool's output", e));
    }
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
