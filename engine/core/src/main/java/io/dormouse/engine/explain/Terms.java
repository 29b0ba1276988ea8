package io.dormouse.engine.explain;

import com.google.common.collect.ImmutableList;
import io.dormouse.engine.model.Money;
import java.util.Iterator;

/**
 * What an action is worth, in parts.
 *
 * @param list in a fixed order
 */
public record Terms(ImmutableList<Term> list) implements Iterable<Term> {
  /** Terms in the given order. */
  public static Terms of(Term... terms) {
    return new Terms(ImmutableList.copyOf(terms));
  }

  /** The sum of what speaks for it and against it, in their order. */
  public Money net() {
    Money sum = Money.ZERO;
    for (Term term : list) {
      sum = sum.plus(term.money());
    }
    return sum;
  }

  /** Whether what speaks for it is above k times what speaks against it. */
  public boolean isWorth(double k) {
    return usd(1) > k * usd(-1);
  }

  private double usd(int sign) {
    double usd = 0;
    for (Term term : list) {
      usd += Math.max(0, sign * term.money().usd());
    }
    return usd;
  }

  @Override
  public Iterator<Term> iterator() {
    return list.iterator();
  }
}
