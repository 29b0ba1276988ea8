package io.dormouse.checkpoint.engines.telemetry;

import io.dormouse.checkpoint.engines.telemetry.Reading.Cause;
import java.time.Duration;

/**
 * What an instance uses.
 *
 * @param memoryBytes charged to its cgroup, without page cache that could be dropped at once (or
 *     resident, without a cgroup)
 * @param cpuTime consumed in this life
 * @param throttled time in which its limit kept it from running
 * @param disk what it read from and wrote to disks
 * @param network what it received and sent
 * @param pressure what it waits for
 */
public record Usage(
    long memoryBytes,
    Duration cpuTime,
    Reading<Duration> throttled,
    Reading<Traffic> disk,
    Reading<Traffic> network,
    Pressure pressure) {
  /** Where only these are told. */
  public static Usage of(long memoryBytes, Duration cpuTime) {
    return new Usage(
        memoryBytes,
        cpuTime,
        Reading.none(Cause.NOT_TOLD),
        Reading.none(Cause.NOT_TOLD),
        Reading.none(Cause.SHARED),
        Pressure.none(Cause.NOT_TOLD));
  }
}
