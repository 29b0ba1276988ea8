package io.dormouse.cli.up.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Looks for what a run must not leave behind. Everything of a run carries the name of its work
 * directory, which no other run has.
 */
public final class Leftovers {
  private final Path proc;
  private final Path cgroups;

  /** Looks at this machine. */
  public Leftovers() {
    this(Path.of("/proc"), Path.of("/sys/fs/cgroup"));
  }

  Leftovers(Path proc, Path cgroups) {
    this.proc = proc;
    this.cgroups = cgroups;
  }

  /**
   * Processes, mounts and cgroups of a run, for people; a process in a namespace shows as such.
   *
   * @param cgroupsBefore those that were there before the run
   */
  public List<String> of(Path workDirectory, List<String> cgroupsBefore) throws IOException {
    List<String> found = new ArrayList<>();
    found.addAll(processes(workDirectory.toString()));
    found.addAll(mounts(workDirectory.toString()));
    List<String> cgroupsNow = new ArrayList<>(cgroups());
    cgroupsNow.removeAll(cgroupsBefore);
    found.addAll(cgroupsNow);
    return found;
  }

  private List<String> processes(String mark) throws IOException {
    List<String> found = new ArrayList<>();
    long self = ProcessHandle.current().pid();
    try (Stream<Path> entries = Files.list(proc)) {
      for (Path entry : entries.filter(e -> name(e).matches("\\d+")).toList()) {
        String commandLine = read(entry.resolve("cmdline")).replace('\0', ' ');
        if (commandLine.contains(mark) && !name(entry).equals(Long.toString(self))) {
          found.add("process %s: %s".formatted(name(entry), shorten(commandLine)));
        }
      }
    }
    return found;
  }

  private List<String> mounts(String mark) {
    return read(proc.resolve("self/mounts"))
        .lines()
        .filter(line -> line.contains(mark))
        .map(line -> "mount: " + shorten(line))
        .toList();
  }

  /** Agents keep their capsules in cgroups named dormouse, at the top of each hierarchy. */
  public List<String> cgroups() throws IOException {
    List<String> found = new ArrayList<>();
    if (!Files.isDirectory(cgroups)) {
      return found;
    }
    try (Stream<Path> hierarchies = Files.list(cgroups)) {
      for (Path hierarchy : hierarchies.filter(Files::isDirectory).toList()) {
        Path ours = name(hierarchy).equals("dormouse") ? hierarchy : hierarchy.resolve("dormouse");
        if (Files.isDirectory(ours)) {
          found.add("cgroup: " + ours);
        }
      }
    }
    return found;
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException gone) {
      return "";
    }
  }

  private static String name(Path path) {
    Path name = path.getFileName();
    return name == null ? "" : name.toString();
  }

  private static String shorten(String text) {
    return text.length() <= 160 ? text : text.substring(0, 160) + "…";
  }
}
