package io.dormouse.checkpoint.engines.telemetry;

/**
 * A graphics processor of the node.
 *
 * @param name of its device, as the driver has it
 * @param busyShare of its time, 0 to 1, lately
 * @param memory its own
 */
public record Gpu(String name, Reading<Double> busyShare, Reading<Memory> memory) {}
