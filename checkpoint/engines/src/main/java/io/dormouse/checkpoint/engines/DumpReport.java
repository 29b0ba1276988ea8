package io.dormouse.checkpoint.engines;

import java.time.Duration;
import java.time.Instant;

/**
 * What a dump took.
 *
 * @param stoppedAt when the process had stopped
 * @param frozen how long the tool held the process, as the tool measured it; a capsule that was
 *     frozen before stays so
 * @param took the whole operation
 * @param memoryBytes pages written
 * @param imageBytes all that was written, files and layer included
 */
public record DumpReport(
    Instant stoppedAt, Duration frozen, Duration took, long memoryBytes, long imageBytes) {}
