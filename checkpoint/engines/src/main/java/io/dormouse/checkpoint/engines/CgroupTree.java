package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.ProcFs.Mount;
import io.dormouse.checkpoint.engines.telemetry.CgroupSampler;
import io.dormouse.checkpoint.engines.telemetry.CgroupSampler.Hierarchies;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** One cgroup over all hierarchies that the host has. */
final class CgroupTree {
  private final String path;

  CgroupTree(String path) {
    this.path = path;
  }

  /** Tells what cgroups use, in the hierarchies that this host has. */
  static CgroupSampler sampler() {
    return new CgroupSampler(
        new Hierarchies(
            mountPoint("cgroup", "memory"),
            mountPoint("cgroup", "cpuacct"),
            mountPoint("cgroup", "cpu"),
            mountPoint("cgroup", "blkio"),
            mountPoint("cgroup2", "")));
  }

  private static Optional<Path> mountPoint(String type, String controller) {
    return CgroupFreezer.mount(type, controller).map(Mount::point);
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
