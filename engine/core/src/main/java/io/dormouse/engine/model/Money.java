package io.dormouse.engine.model;

/**
 * An amount of money.
 *
 * @param usd US dollars; finite
 */
public record Money(double usd) implements Comparable<Money> {
  /** No money. */
  public static final Money ZERO = new Money(0);

  /** Checks that the amount is finite. */
  public Money {
    if (!Double.isFinite(usd)) {
      throw new IllegalArgumentException("The amount of money (%s) must be finite.".formatted(usd));
    }
  }

  /** The sum of this and {@code other}. */
  public Money plus(Money other) {
    return new Money(usd + other.usd);
  }

  /** This less {@code other}. */
  public Money minus(Money other) {
    return new Money(usd - other.usd);
  }

  /** This times {@code factor}. */
  public Money times(double factor) {
    return new Money(usd * factor);
  }

  @Override
  public int compareTo(Money other) {
    return Double.compare(usd, other.usd);
  }
}
