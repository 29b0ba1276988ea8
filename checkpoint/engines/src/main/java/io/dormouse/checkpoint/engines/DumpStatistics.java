package io.dormouse.checkpoint.engines;

import java.time.Duration;

/**
 * What CRIU measured of a dump.
 *
 * @param freezing from the first process stopped to the last
 * @param frozen from the first process stopped to the last let go, or ended
 * @param memoryDump of that, for reading memory
 * @param memoryWrite of that, for writing it
 * @param pagesScanned pages of 4,096 bytes looked at
 * @param pagesSkipped of those, in an earlier image already
 * @param pagesWritten to this image
 */
public record DumpStatistics(
    Duration freezing,
    Duration frozen,
    Duration memoryDump,
    Duration memoryWrite,
    long pagesScanned,
    long pagesSkipped,
    long pagesWritten) {}
