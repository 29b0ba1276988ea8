package io.dormouse.checkpoint.engines.telemetry;

/**
 * Bytes that went through devices so far.
 *
 * @param inBytes read from disks, or received
 * @param outBytes written, or sent
 */
public record Traffic(long inBytes, long outBytes) {
  static final Traffic NONE = new Traffic(0, 0);

  /** Both, {@link Long#MAX_VALUE} at most. */
  Traffic plus(Traffic other) {
    return new Traffic(plus(inBytes, other.inBytes), plus(outBytes, other.outBytes));
  }

  private static long plus(long one, long other) {
    return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
  }
}
