package io.dormouse.yarn.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A daemon process under a shell that ends it when the shell's standard input closes: so it never
 * outlives this process, however that ends. In a session of its own where {@code setsid} is there,
 * so that a Ctrl-C reaches this process alone, which then ends its daemons in order. Not
 * thread-safe.
 */
final class Daemon {
  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
  private static final String GUARD =
      """
      exec 3<&0
      "$@" </dev/null 3<&- &
      child=$!
      echo $child > pid.next && mv pid.next pid
      (read -r line <&3; kill -TERM $child) 2>/dev/null &
      guard=$!
      wait $child
      code=$?
      kill $guard 2>/dev/null
      exit $code
      """;
  private static final Path SETSID = Path.of("/usr/bin/setsid");
  private static final int LOG_LINES = 15;

  private final String name;
  private final Path home;
  private final List<String> command;
  private final Map<String, String> environment;
  private Process process;

  private Daemon(
      String name,
      Path home,
      List<String> command,
      Map<String, String> environment,
      Process process) {
    this.name = name;
    this.home = home;
    this.command = command;
    this.environment = environment;
    this.process = process;
  }

  /**
   * Starts a daemon.
   *
   * @param home its folder: {@code pid}, {@code out} and {@code daemon.log} are there
   */
  static Daemon start(
      String name, Path home, SiteUser user, List<String> command, Map<String, String> environment)
      throws IOException {
    List<String> guarded = new ArrayList<>();
    if (Files.isExecutable(SETSID)) {
      guarded.add(SETSID.toString());
    }
    guarded.addAll(user.prefix());
    guarded.addAll(List.of("/bin/sh", "-c", GUARD, name));
    guarded.addAll(command);
    return new Daemon(name, home, guarded, environment, spawn(guarded, home, environment));
  }

  private static Process spawn(List<String> command, Path home, Map<String, String> environment)
      throws IOException {
    Files.deleteIfExists(home.resolve("pid"));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("out").toFile()));
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.start();
  }

  String name() {
    return name;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Ends it abruptly and starts it again. */
  void restart() throws IOException, InterruptedException {
    killAbruptly();
    process = spawn(command, home, environment);
  }

  /** Ends it as a power failure would. */
  void killAbruptly() throws IOException, InterruptedException {
    child().ifPresent(ProcessHandle::destroyForcibly);
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      throw new IOException("The %s did not end when killed.".formatted(name));
    }
  }

  /** Asks it to end. */
  void askToEnd() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      process.destroy();
    }
  }

  /** Waits for its end, and makes sure of it. */
  void awaitEnd(Duration patience) throws InterruptedException {
    if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.info("The {} did not end when asked to, and is killed.", name);
      child().ifPresent(ProcessHandle::destroyForcibly);
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      if (!process.waitFor(2, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }

  /** The last lines that it said, for an error message. */
  String lastWords() {
    return Stream.of("daemon.log", "out")
        .map(file -> file + ":\n" + tail(home.resolve(file)))
        .reduce("", (all, part) -> all + part + "\n");
  }

  private Optional<ProcessHandle> child() {
    try {
      String pid = Files.readString(home.resolve("pid")).strip();
      return ProcessHandle.of(Long.parseLong(pid));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static String tail(Path file) {
    if (!Files.exists(file)) {
      return "(none)";
    }
    try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
      List<String> all = lines.toList();
      return String.join("\n", all.subList(Math.max(0, all.size() - LOG_LINES), all.size()));
    } catch (IOException | UncheckedIOException e) {
      return "(unreadable: " + e.getMessage() + ")";
    }
  }
}
