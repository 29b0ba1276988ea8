package io.dormouse.checkpoint.engines;

import java.time.Duration;

/**
 * What an instance uses now.
 *
 * @param memoryBytes charged to its cgroup (or resident, without one)
 * @param cpuTime consumed in this life
 */
public record Usage(long memoryBytes, Duration cpuTime) {}
