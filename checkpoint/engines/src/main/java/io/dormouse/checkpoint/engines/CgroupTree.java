package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.ProcFs.Mount;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** One cgroup over all hierarchies that the host has. */
final class CgroupTree {
  private final String path;

  CgroupTree(String path) {
    this.path = path;
  }

  /** What it uses now; the page cache that could be dropped at once is not counted. */
  Optional<Usage> usage() {
    OptionalLong memory = memoryBytes();
    Optional<Duration> cpu = cpuTime();
    return memory.isPresent() && cpu.isPresent()
        ? Optional.of(new Usage(memory.getAsLong(), cpu.get()))
        : Optional.empty();
  }

  private OptionalLong memoryBytes() {
    Optional<Path> v1 = directory("cgroup", "memory");
    Optional<Path> group = v1.isPresent() ? v1 : directory("cgroup2", "");
    if (group.isEmpty()) {
      return OptionalLong.empty();
    }
    Optional<String> total =
        Presence.read(
            group.get().resolve(v1.isPresent() ? "memory.usage_in_bytes" : "memory.current"));
    if (total.isEmpty()) {
      return OptionalLong.empty();
    }
    long idleCache =
        field(
            group.get().resolve("memory.stat"),
            v1.isPresent() ? "total_inactive_file" : "inactive_file");
    return OptionalLong.of(Math.max(0, Long.parseLong(total.get().strip()) - idleCache));
  }

  private Optional<Duration> cpuTime() {
    Optional<Path> v1 = directory("cgroup", "cpuacct");
    if (v1.isPresent()) {
      return Presence.read(v1.get().resolve("cpuacct.usage"))
          .map(t -> Duration.ofNanos(Long.parseLong(t.strip())));
    }
    return directory("cgroup2", "")
        .map(d -> Duration.ofNanos(field(d.resolve("cpu.stat"), "usage_usec") * 1000));
  }

  private static long field(Path file, String name) {
    return Presence.read(file)
        .orElse("")
        .lines()
        .filter(l -> l.startsWith(name + " "))
        .mapToLong(l -> Long.parseLong(l.substring(name.length() + 1)))
        .findFirst()
        .orElse(0);
  }

  private Optional<Path> directory(String type, String controller) {
    return CgroupFreezer.mount(type, controller)
        .map(m -> m.point().resolve(path))
        .filter(Files::isDirectory);
  }

  /** Removes it everywhere; one that still has members or children stays. */
  void remove() throws IOException {
    for (Mount mount : ProcFs.mounts()) {
      if (mount.type().equals("cgroup") || mount.type().equals("cgroup2")) {
        removeOne(mount.point().resolve(path));
      }
    }
  }

  private static void removeOne(Path group) throws IOException {
    try {
      Files.delete(group);
    } catch (NoSuchFileException | DirectoryNotEmptyException e) {
      return;
    } catch (FileSystemException e) {
      // Busy: a process or a child is in it. Its owner removes it when that is gone.
      if (e.getReason() == null || !e.getReason().contains("busy")) {
        throw e;
      }
    }
  }
}
