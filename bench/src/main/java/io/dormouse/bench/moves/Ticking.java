package io.dormouse.bench.moves;

import io.dormouse.bench.peers.Tools;
import io.dormouse.bench.peers.Waiting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * A process of much memory that does something all the time, wherever it lives: it says itself how
 * long it could not. Its files are in its working directory. Not thread-safe.
 */
final class Ticking {
  private static final String SAID = "said";
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration SIGNAL_MAX = Duration.ofSeconds(10);

  private final Path script;
  private final long memoryBytes;
  private final String gaps = "gaps-" + UUID.randomUUID();
  private int changes;
  private int asked;

  Ticking(Path script, long memoryBytes) {
    this.script = script;
    this.memoryBytes = memoryBytes;
  }

  /** What starts it, once. */
  List<String> argv() {
    return List.of("/usr/bin/perl", script.toString(), Long.toString(memoryBytes), SAID, gaps);
  }

  void awaitFilled() throws IOException {
    awaitSaid(0);
  }

  /** Has it change a twentieth of its pages, drawn at random. */
  void changeSome() throws IOException {
    signal("USR1");
    awaitSaid(++changes);
  }

  /** The longest time that it did nothing since this was asked last. */
  Duration takeLongestGap() throws IOException {
    signal("USR2");
    asked++;
    Waiting.until("word of the process", PATIENCE, () -> gap(asked).isPresent());
    return Duration.ofNanos(gap(asked).orElseThrow());
  }

  /** What kept it from doing anything until now is of no interest. */
  void forgetGaps() throws IOException {
    var unused = takeLongestGap();
  }

  private OptionalLong gap(int number) throws IOException {
    String[] words = read(gaps).split(" ", 2);
    return words[0].equals(Integer.toString(number))
        ? OptionalLong.of((long) (Double.parseDouble(words[1]) * 1e9))
        : OptionalLong.empty();
  }

  private void awaitSaid(int count) throws IOException {
    Waiting.until("the process's memory", PATIENCE, () -> read(SAID).equals("" + count));
  }

  /** Blank where there is no such file, or no process. */
  private String read(String file) throws IOException {
    OptionalLong pid = pid();
    if (pid.isEmpty()) {
      return "";
    }
    Path path = process(pid.getAsLong()).resolve("cwd").resolve(file);
    return Files.exists(path) ? Files.readString(path) : "";
  }

  /** The one process of it; empty as long as there is none. */
  OptionalLong pid() throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : all) {
        if (isOurs(process)) {
          return OptionalLong.of(Long.parseLong(process.getFileName().toString()));
        }
      }
    }
    return OptionalLong.empty();
  }

  private boolean isOurs(Path process) {
    try {
      List<String> words =
          Arrays.asList(
              new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8)
                  .split("\0", -1));
      return words.contains(gaps) && words.get(0).endsWith("perl");
    } catch (IOException gone) {
      return false;
    }
  }

  private static Path process(long pid) {
    return Path.of("/proc", Long.toString(pid));
  }

  private void signal(String name) throws IOException {
    // Of one whose pages are still to come the kernel may not tell the words it was started with.
    Waiting.until("the process", PATIENCE, () -> pid().isPresent());
    Tools.run(SIGNAL_MAX, List.of("kill", "-" + name, Long.toString(pid().orElseThrow())));
  }

  /** Ends it if it is there. */
  void end() throws IOException {
    if (pid().isPresent()) {
      signal("KILL");
      Waiting.until("the end of the process", PATIENCE, () -> pid().isEmpty());
    }
  }
}
