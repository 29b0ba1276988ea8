package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.images.packs.LeftOut;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a dump took.
 *
 * @param stoppedAt when the process had stopped
 * @param frozen how long the tool held the process, as the tool measured it; a capsule that was
 *     frozen before stays so. If it holds it still, the time until now
 * @param took the whole operation
 * @param memoryBytes pages of the image, shared memory included, written or left out
 * @param imageBytes all that was written, files and layer included
 * @param statistics the tool's own; empty if it holds the process still
 * @param holdsGpu whether it had a GPU open or mapped
 * @param leftOut what the image lacks, as the one that was {@link InstanceEngine#tracked} has it,
 *     or the processes' memory
 */
public record DumpReport(
    Instant stoppedAt,
    Duration frozen,
    Duration took,
    long memoryBytes,
    long imageBytes,
    Optional<DumpStatistics> statistics,
    boolean holdsGpu,
    LeftOut leftOut) {

  /** Of a whole image. */
  public DumpReport(
      Instant stoppedAt,
      Duration frozen,
      Duration took,
      long memoryBytes,
      long imageBytes,
      Optional<DumpStatistics> statistics,
      boolean holdsGpu) {
    this(stoppedAt, frozen, took, memoryBytes, imageBytes, statistics, holdsGpu, LeftOut.NOTHING);
  }

  /** Without the tool's own statistics. */
  public DumpReport(
      Instant stoppedAt, Duration frozen, Duration took, long memoryBytes, long imageBytes) {
    this(stoppedAt, frozen, took, memoryBytes, imageBytes, Optional.empty(), false);
  }

  /** The same, of what had a GPU open or mapped, or not. */
  DumpReport holdingGpu(boolean holds) {
    return new DumpReport(
        stoppedAt, frozen, took, memoryBytes, imageBytes, statistics, holds, leftOut);
  }
}
