package io.dormouse.checkpoint.engines;

import java.nio.file.Path;
import java.util.List;

/**
 * Where an instance keeps data of its own on this host's disk, and who runs in it.
 *
 * @param id the engine's name of the instance
 * @param root a directory that only the engine's user can replace
 * @param directories below the root that hold the data: one name each
 * @param pids of the instance's processes, on the host
 */
public record InstanceData(String id, Path root, List<String> directories, List<Long> pids) {
  /** Copies the lists. */
  public InstanceData {
    directories = List.copyOf(directories);
    pids = List.copyOf(pids);
  }
}
