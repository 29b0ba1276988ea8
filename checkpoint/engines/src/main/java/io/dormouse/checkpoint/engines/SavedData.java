package io.dormouse.checkpoint.engines;

import java.time.Instant;
import java.util.List;

/**
 * Data of which there is a copy.
 *
 * @param data whose it is
 * @param files in the order of the copy
 * @param changed when each of them was changed last, in any way
 * @param allocatedBytes what they take on disk
 */
public record SavedData(
    InstanceData data, List<DataFile> files, List<Instant> changed, long allocatedBytes) {
  /** Copies the lists. */
  public SavedData {
    files = List.copyOf(files);
    changed = List.copyOf(changed);
  }

  /** The lengths of all files. */
  public long fileBytes() {
    return files.stream().mapToLong(DataFile::bytes).sum();
  }
}
