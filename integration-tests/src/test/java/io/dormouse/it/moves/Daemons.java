package io.dormouse.it.moves;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Daemons by name, in network namespaces; each can be killed and started again. */
final class Daemons implements AutoCloseable {
  static final Path INSTALLATION =
      Path.of(System.getProperty("dormouse.installation", "../dist/target/dormouse"))
          .toAbsolutePath()
          .normalize();

  private static final long END_SECONDS_MAX = 20;

  private final Namespaces namespaces;
  private final Path logs;
  private final Map<String, Process> running = new LinkedHashMap<>();

  Daemons(Namespaces namespaces, Path logs) {
    this.namespaces = namespaces;
    this.logs = logs;
  }

  static String java() {
    return Path.of(System.getProperty("java.home"), "bin/java").toString();
  }

  /** A {@code dormouse} command. */
  void dormouse(String name, String namespace, List<String> arguments) throws IOException {
    start(name, namespace, dormouse(arguments));
  }

  void start(String name, String namespace, List<String> words) throws IOException {
    ProcessBuilder builder =
        builder(namespace, words)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(file(name).toFile()));
    running.put(name, builder.start());
  }

  private ProcessBuilder builder(String namespace, List<String> words) {
    List<String> command = new ArrayList<>(namespaces.in(namespace));
    command.addAll(words);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("DORMOUSE_OPTS", "-XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xmx256m");
    builder.environment().put("DORMOUSE_PARENT_PID", "" + ProcessHandle.current().pid());
    return builder;
  }

  /** How a command ended, and what it said on either stream. */
  record Said(int exitCode, String text) {}

  /** Runs a {@code dormouse} command at the hub, to its end. */
  Said run(List<String> arguments) throws IOException {
    ProcessBuilder builder = builder(Namespaces.HUB, dormouse(arguments)).redirectErrorStream(true);
    Process process = builder.redirectInput(new File("/dev/null")).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Said(process.onExit().join().exitValue(), text);
  }

  private static List<String> dormouse(List<String> arguments) {
    List<String> command =
        new ArrayList<>(List.of("sh", INSTALLATION.resolve("bin/dormouse").toString()));
    command.addAll(arguments);
    return command;
  }

  private Path file(String name) {
    return logs.resolve(name + ".log");
  }

  /** What a daemon has said, at all of its starts. */
  String log(String name) throws IOException {
    return Files.readString(file(name));
  }

  boolean isAlive(String name) {
    return process(name).isAlive();
  }

  private Process process(String name) {
    return java.util.Objects.requireNonNull(running.get(name), name);
  }

  void kill(String name) throws InterruptedException {
    if (!process(name).destroyForcibly().waitFor(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("The process of %s outlived its kill.".formatted(name));
    }
  }

  /** The end of all logs, for people. */
  String lastWords(int lines) throws IOException {
    StringBuilder words = new StringBuilder();
    try (var files = Files.list(logs)) {
      for (Path file : files.sorted().toList()) {
        List<String> all = Files.readAllLines(file);
        words.append("=== ").append(file.getFileName()).append('\n');
        all.subList(Math.max(0, all.size() - lines), all.size())
            .forEach(line -> words.append(line).append('\n'));
      }
    }
    return words.toString();
  }

  /** Ends all, in the reverse order of their start. */
  @Override
  public void close() {
    List<Process> all = new ArrayList<>(running.values());
    for (int last = all.size() - 1; last >= 0; last--) {
      Process process = all.get(last);
      process.destroy();
      process.onExit().completeOnTimeout(process, END_SECONDS_MAX, TimeUnit.SECONDS).join();
      process.destroyForcibly();
    }
  }
}
