package io.dormouse.checkpoint.engines.telemetry;

/**
 * Memory of a node or a device.
 *
 * @param availableBytes that can be had without swapping
 */
public record Memory(long totalBytes, long availableBytes) {}
