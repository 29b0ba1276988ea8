package io.dormouse.engine.pricing;

import io.dormouse.engine.model.MoneyRate;

/**
 * What a dial level means.
 *
 * @param k act only if benefit &gt; k × disruption; at least 1
 * @param valueOfWaiting what it is worth that a task does not wait
 */
public record DialSetting(double k, MoneyRate valueOfWaiting) {
  /** Checks the ranges. */
  public DialSetting {
    Checks.atLeast("k", k, 1);
    Checks.atLeast("valueOfWaiting", valueOfWaiting.usdPerHour(), 0);
  }
}
