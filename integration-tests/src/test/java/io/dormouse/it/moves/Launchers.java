package io.dormouse.it.moves;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The launchers of one instance, at most one at each node; they run as nobody. */
final class Launchers implements AutoCloseable {
  private static final int NOBODY = 65_534;
  private static final int RETRY_MILLIS = 300;

  private final MoveFiles files;
  private final Namespaces namespaces;
  private final Path logs;
  private final String instance;
  private final List<String> java;
  private final Map<String, Process> running = new HashMap<>();
  private boolean closed;
  private int number;

  /**
   * @param java how a launcher starts
   */
  Launchers(MoveFiles files, Namespaces namespaces, Path logs, String instance, List<String> java) {
    this.files = files;
    this.namespaces = namespaces;
    this.logs = logs;
    this.instance = instance;
    this.java = List.copyOf(java);
  }

  /** Starts the instance. */
  synchronized void run(String node, List<String> program) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("--"));
    arguments.addAll(program);
    start(node, "run", arguments);
  }

  /** Waits for the instance to come; starts anew where it ends before it was asked to. */
  synchronized void attach(String node) throws IOException {
    Process before = running.get(node);
    if (before != null && before.isAlive()) {
      return;
    }
    Process process = start(node, "attach", List.of());
    var unused = process.onExit().thenAccept(ended -> ended(node, ended));
  }

  private void ended(String node, Process process) {
    note("launcher at %s ended: %d".formatted(node, process.exitValue()));
    CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS)
        .execute(() -> again(node, process));
  }

  private synchronized void again(String node, Process process) {
    // Refused, or its agent was gone: the instance may still have to come.
    boolean mayCome = process.exitValue() == 82 || process.exitValue() == 83;
    if (!closed && mayCome && running.get(node) == process) {
      try {
        attach(node);
      } catch (IOException failed) {
        note("launcher at %s: %s".formatted(node, failed));
      }
    }
  }

  /** Ends the one at a node, as a scheduler that takes a container back. */
  synchronized void end(String node) {
    Process process = running.remove(node);
    if (process != null) {
      process.destroyForcibly();
    }
  }

  private Process start(String node, String verb, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(namespaces.in(node));
    command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
    command.addAll(java);
    command.addAll(List.of(verb, "--agent", files.agentSocket(node).toString()));
    command.addAll(List.of("--instance", instance, "--container", "c" + number++));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(
                    logs.resolve("launcher-" + node + ".log").toFile()))
            .start();
    running.put(node, process);
    return process;
  }

  /** Keeps a line for people. */
  void note(String line) {
    try {
      Files.writeString(
          logs.resolve("site.log"),
          "%s %s%n".formatted(Instant.now(), line),
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException full) {
      throw new java.io.UncheckedIOException(full);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    running.values().forEach(Process::destroyForcibly);
  }
}
