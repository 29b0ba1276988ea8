package io.dormouse.bench.peers;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs peers' commands. */
public final class Tools {
  private static final int SAID_CHARS_MAX = 2_000;

  private Tools() {}

  /** A command with more arguments. */
  public static List<String> with(List<String> command, String... arguments) {
    List<String> argv = new ArrayList<>(command);
    argv.addAll(List.of(arguments));
    return argv;
  }

  /** Waits until the disk has what was written so far, so that it is in nobody's time. */
  public static void settleDisk(Duration timeout) throws IOException {
    run(timeout, List.of("sync"));
  }

  /**
   * The same, and has this machine hold so much memory that is free. A virtual machine may have to
   * ask for it first, which takes longer than what is measured, and hits whoever comes next.
   */
  public static void settle(Path directory, long freeBytes, Duration timeout) throws IOException {
    Path file = directory.resolve("fill");
    String fill = "head -c %d /dev/zero >'%s'".formatted(freeBytes, file);
    run(timeout, List.of("/bin/sh", "-c", fill));
    Files.delete(file);
    settleDisk(timeout);
  }

  /** Runs a command that must succeed; how long it took. */
  public static Duration run(Duration timeout, List<String> argv) throws IOException {
    return run(timeout, argv, Map.of());
  }

  /**
   * Runs a command that must succeed.
   *
   * @param environment added to this process's
   * @return how long it took
   */
  public static Duration run(Duration timeout, List<String> argv, Map<String, String> environment)
      throws IOException {
    Path said = Files.createTempFile("dormouse-bench", ".log");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(argv)
              .redirectErrorStream(true)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(said.toFile());
      builder.environment().putAll(environment);
      long start = System.nanoTime();
      Process process = builder.start();
      end(process, timeout, argv);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      if (process.exitValue() != 0) {
        throw new IOException(
            "%s ended with %d: %s".formatted(argv.get(0), process.exitValue(), tail(said)));
      }
      return took;
    } finally {
      Files.delete(said);
    }
  }

  private static void end(Process process, Duration timeout, List<String> argv) throws IOException {
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("%s did not end within %s".formatted(argv.get(0), timeout));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static String tail(Path said) throws IOException {
    String all = Files.readString(said);
    return all.substring(Math.max(0, all.length() - SAID_CHARS_MAX)).strip();
  }
}
