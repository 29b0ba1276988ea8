package io.dormouse.engine.model;

import java.time.Duration;

/**
 * Money per time.
 *
 * @param usdPerHour US dollars per hour; finite
 */
public record MoneyRate(double usdPerHour) {
  /** Costs nothing. */
  public static final MoneyRate ZERO = new MoneyRate(0);

  private static final double NANOS_PER_HOUR = 3_600e9;

  /** Checks that the rate is finite. */
  public MoneyRate {
    if (!Double.isFinite(usdPerHour)) {
      throw new IllegalArgumentException("The rate (%s) must be finite.".formatted(usdPerHour));
    }
  }

  /** What it comes to over {@code duration}. */
  public Money over(Duration duration) {
    double nanos = duration.getSeconds() * 1e9 + duration.getNano();
    return new Money(usdPerHour * (nanos / NANOS_PER_HOUR));
  }

  /** The sum of this and {@code other}. */
  public MoneyRate plus(MoneyRate other) {
    return new MoneyRate(usdPerHour + other.usdPerHour);
  }

  /** This times {@code factor}. */
  public MoneyRate times(double factor) {
    return new MoneyRate(usdPerHour * factor);
  }
}
