package io.dormouse.checkpoint.engines;

import java.time.Duration;

/**
 * How to dump. Established TCP connections and file locks are dumped too.
 *
 * @param after what becomes of the process once the image is complete; after a failure it is always
 *     as before
 * @param timeout for the whole dump, copying files included
 */
public record DumpOptions(After after, Duration timeout) {
  /** What becomes of a dumped process. */
  public enum After {
    STOP,
    KEEP_RUNNING,
    LEAVE_FROZEN
  }

  public DumpOptions {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException(
          "The timeout (%s) of a dump must be positive.".formatted(timeout));
    }
  }

  /** With a minute's time. */
  public static DumpOptions of(After after) {
    return new DumpOptions(after, Duration.ofMinutes(1));
  }
}
