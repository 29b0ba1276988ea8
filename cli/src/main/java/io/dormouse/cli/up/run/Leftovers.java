package io.dormouse.cli.up.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Looks for what a run must not leave behind. Everything of a run carries the name of its work
 * directory, which no other run has; a capsule in what it has mounted. Cgroups don't: there, what
 * is left behind is what nobody lives in.
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
        boolean marked = commandLine.contains(mark) || isMountedIn(entry, mark);
        if (marked && !name(entry).equals(Long.toString(self))) {
          found.add("process %s: %s".formatted(name(entry), shorten(commandLine)));
        }
      }
    }
    return found;
  }

  /** Whether a process in a mount namespace of its own has something of the run in it. */
  private boolean isMountedIn(Path process, String mark) {
    String host = read(proc.resolve("self/mountinfo"));
    String its = read(process.resolve("mountinfo"));
    return !its.equals(host) && its.contains(mark);
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
    for (Path hierarchy : directories(cgroups)) {
      Path ours = name(hierarchy).equals("dormouse") ? hierarchy : hierarchy.resolve("dormouse");
      if (!isInhabited(ours)) {
        addIfThere(found, ours);
        continue;
      }
      for (Path capsule : directories(ours)) {
        if (!isInhabited(capsule)) {
          addIfThere(found, capsule);
        }
      }
    }
    return found;
  }

  private static void addIfThere(List<String> found, Path cgroup) {
    if (Files.isDirectory(cgroup)) {
      found.add("cgroup: " + cgroup);
    }
  }

  private static boolean isInhabited(Path cgroup) throws IOException {
    if (!read(cgroup.resolve("cgroup.procs")).isBlank()) {
      return true;
    }
    for (Path below : directories(cgroup)) {
      if (isInhabited(below)) {
        return true;
      }
    }
    return false;
  }

  /** Empty for one that is not there, or gone meanwhile. */
  private static List<Path> directories(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    } catch (NoSuchFileException | UncheckedIOException gone) {
      return List.of();
    }
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
