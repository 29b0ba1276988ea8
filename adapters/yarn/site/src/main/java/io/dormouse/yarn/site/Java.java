package io.dormouse.yarn.site;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of JVMs that should start fast and stay small. */
final class Java {
  private Java() {}

  static String executable() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /**
   * A command line.
   *
   * @param heapMebibytes most that the heap takes
   * @param arguments the main class and what follows it
   */
  static List<String> command(int heapMebibytes, String classPath, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                executable(),
                "-Xmx%dm".formatted(heapMebibytes),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Djava.net.preferIPv4Stack=true",
                "-cp",
                classPath));
    command.addAll(arguments);
    return command;
  }
}
