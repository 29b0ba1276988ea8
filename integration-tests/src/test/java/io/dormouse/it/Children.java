package io.dormouse.it;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Daemons of the installation as child processes, which end when this process does. */
final class Children {
  static final Path INSTALLATION =
      Path.of(System.getProperty("dormouse.installation", "../dist/target/dormouse"))
          .toAbsolutePath()
          .normalize();

  private static final long END_SECONDS_MAX = 40;
  private static final int LAST_LINES = 60;

  private final Path logs;
  private final List<Process> all = new ArrayList<>();

  Children(Path logs) {
    this.logs = logs;
  }

  /** Starts {@code dormouse} with arguments; its output goes to a log. */
  Process start(String name, List<String> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("sh", INSTALLATION.resolve("bin/dormouse").toString()));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(logs.resolve(name + ".log").toFile()));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("DORMOUSE_OPTS", "-XX:TieredStopAtLevel=1 -XX:-UsePerfData -Xmx256m");
    builder.environment().put("DORMOUSE_PARENT_PID", "" + ProcessHandle.current().pid());
    Process process = builder.start();
    all.add(process);
    return process;
  }

  /** All that a daemon has said so far, over all its starts. */
  String log(String name) throws IOException {
    return Files.readString(logs.resolve(name + ".log"));
  }

  String lastWords(String name) throws IOException {
    List<String> lines = log(name).lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
  }

  static void killAbruptly(Process process) throws InterruptedException {
    if (!process.destroyForcibly().waitFor(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("The process %s outlived its kill.".formatted(process));
    }
  }

  /** Asks one to end, and waits until it has. */
  static void end(Process process) {
    process.destroy();
    process.onExit().completeOnTimeout(process, END_SECONDS_MAX, TimeUnit.SECONDS).join();
    process.destroyForcibly();
  }

  /** Ends all, in the reverse order of their start. */
  void endAll() {
    for (int last = all.size() - 1; last >= 0; last--) {
      end(all.get(last));
    }
  }
}
