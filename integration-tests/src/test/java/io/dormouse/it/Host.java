package io.dormouse.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What this machine's kernel says of processes and capsules. */
final class Host {
  private static final List<Path> HIERARCHIES =
      Stream.of("freezer", "unified", ".").map(Path.of("/sys/fs/cgroup")::resolve).toList();

  private Host() {}

  /** A process and its arguments. */
  record Running(long pid, List<String> arguments) {}

  /** Processes by their arguments. */
  static List<Running> processes(Predicate<List<String>> arguments) {
    return ProcessHandle.allProcesses()
        .map(process -> new Running(process.pid(), arguments(process.pid())))
        .filter(process -> arguments.test(process.arguments()))
        .toList();
  }

  private static List<String> arguments(long pid) {
    try {
      byte[] line = Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline"));
      return List.of(new String(line, StandardCharsets.UTF_8).split("\0"));
    } catch (IOException gone) {
      return List.of();
    }
  }

  /** Whether a process is stopped by a signal. */
  static boolean isStopped(long pid) {
    try {
      String status = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return status.charAt(status.lastIndexOf(')') + 2) == 'T';
    } catch (IOException gone) {
      return false;
    }
  }

  static void signal(String name, List<Long> pids) throws IOException {
    List<String> command = new ArrayList<>(List.of("kill", "-" + name));
    pids.forEach(pid -> command.add(pid.toString()));
    Process kill = new ProcessBuilder(command).inheritIO().start();
    kill.onExit().completeOnTimeout(kill, 10, TimeUnit.SECONDS).join();
  }

  /** Names of the capsules whose name begins so: there is a cgroup of theirs. */
  static List<String> capsules(String prefix) {
    return capsuleGroups(prefix).map(group -> group.getFileName().toString()).distinct().toList();
  }

  /** Those of them that are frozen. */
  static List<String> frozenCapsules(String prefix) {
    return capsuleGroups(prefix)
        .filter(Host::isFrozen)
        .map(group -> group.getFileName().toString())
        .toList();
  }

  /** The processes in a capsule. */
  static List<Long> processesOf(String capsule) {
    return capsuleGroups(capsule)
        .flatMap(group -> read(group.resolve("cgroup.procs")).lines())
        .map(Long::valueOf)
        .distinct()
        .toList();
  }

  private static Stream<Path> capsuleGroups(String prefix) {
    return HIERARCHIES.stream()
        .map(hierarchy -> hierarchy.resolve("dormouse"))
        .flatMap(Host::entries)
        .filter(group -> group.getFileName().toString().startsWith(prefix))
        .filter(Files::isDirectory);
  }

  private static boolean isFrozen(Path group) {
    return read(group.resolve("freezer.state")).startsWith("FROZEN")
        || read(group.resolve("cgroup.events")).lines().anyMatch("frozen 1"::equals);
  }

  /** What lies in a directory; nothing where there is none. */
  static Stream<Path> entries(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList().stream();
    } catch (IOException | UncheckedIOException none) {
      return Stream.empty();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException gone) {
      return "";
    }
  }
}
