package io.dormouse.cli.up.run;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A daemon that {@code up} started. In a session of its own where {@code setsid} is there, so that
 * a Ctrl-C reaches {@code up} alone, which then ends its daemons in order.
 */
final class ChildProcess implements AutoCloseable {
  private static final int LAST_WORDS_BYTES = 2_000;
  private static final Path SETSID = Path.of("/usr/bin/setsid");

  private final String name;
  private final Process process;
  private final Path log;
  private final Duration grace;

  private ChildProcess(String name, Process process, Path log, Duration grace) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.grace = grace;
  }

  /**
   * Starts one.
   *
   * @param log receives what it says
   * @param grace how long it may take to end before it is killed
   */
  static ChildProcess start(String name, List<String> command, Path log, Duration grace)
      throws IOException {
    List<String> all = new ArrayList<>();
    if (Files.isExecutable(SETSID)) {
      all.add(SETSID.toString());
    }
    all.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(all)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().put(ParentWatch.VARIABLE, Long.toString(ProcessHandle.current().pid()));
    return new ChildProcess(name, builder.start(), log, grace);
  }

  String name() {
    return name;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** Why it is not there any more, with the end of its log. */
  IOException ended() {
    return new IOException(
        "The %s ended with status %d. Its last words:%n%s%nMaybe see all of its log: %s"
            .formatted(name, process.exitValue(), lastWords(), log));
  }

  String lastWords() {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      long from = Math.max(0, file.length() - LAST_WORDS_BYTES);
      byte[] bytes = new byte[(int) (file.length() - from)];
      file.seek(from);
      file.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8).strip();
    } catch (IOException unreadable) {
      return "(its log can't be read: %s)".formatted(unreadable.getMessage());
    }
  }

  /** Ends it by signal and, after its grace, for good. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
      }
    } catch (InterruptedException hurried) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
