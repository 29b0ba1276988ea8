package io.dormouse.checkpoint.agent;

import java.time.Duration;

/**
 * How long a leader may have an instance frozen without another word.
 *
 * @param shortest shorter leases are refused
 * @param longest longer leases are refused
 */
public record LeaseLimits(Duration shortest, Duration longest) {
  /** 100 ms to 10 minutes. */
  public static final LeaseLimits DEFAULT =
      new LeaseLimits(Duration.ofMillis(100), Duration.ofMinutes(10));

  /** Checks the range. */
  public LeaseLimits {
    if (shortest.isNegative() || shortest.isZero() || longest.compareTo(shortest) < 0) {
      throw new IllegalArgumentException(
          String.format(
              "The lease limits (%s to %s) must be positive and in order.%n"
                  + "Maybe the two are swapped.",
              shortest, longest));
    }
  }

  boolean allow(Duration lease) {
    return lease.compareTo(shortest) >= 0 && lease.compareTo(longest) <= 0;
  }
}
