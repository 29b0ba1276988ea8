package io.dormouse.checkpoint.engines.telemetry;

/**
 * Bytes that went through devices so far.
 *
 * @param inBytes read from disks, or received
 * @param outBytes written, or sent
 */
public record Traffic(long inBytes, long outBytes) {
  static final Traffic NONE = new Traffic(0, 0);
}
