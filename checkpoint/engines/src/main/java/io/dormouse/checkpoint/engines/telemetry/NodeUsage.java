package io.dormouse.checkpoint.engines.telemetry;

import java.time.Duration;
import java.util.List;

/**
 * What is used of a node, by anybody.
 *
 * @param cores that are online
 * @param cpuBusy time in which cores did something, over all cores, since the boot
 * @param disk of whole physical disks
 * @param network of all interfaces but loopback
 * @param gpus none is {@link Reading.Cause#NO_DEVICE}
 */
public record NodeUsage(
    int cores,
    Reading<Duration> cpuBusy,
    Reading<Memory> memory,
    Reading<Traffic> disk,
    Reading<Traffic> network,
    Pressure pressure,
    Reading<List<Gpu>> gpus) {}
