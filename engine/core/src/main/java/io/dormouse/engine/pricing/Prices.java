package io.dormouse.engine.pricing;

/**
 * What resources cost, in US dollars; each at least 0.
 *
 * @param ramUsdPerGibHour memory
 * @param coreUsdPerHour a busy core
 * @param nvmeUsdPerGibHour fast local storage
 * @param objectUsdPerGibHour object storage
 */
public record Prices(
    double ramUsdPerGibHour,
    double coreUsdPerHour,
    double nvmeUsdPerGibHour,
    double objectUsdPerGibHour) {
  /** Checks the ranges. */
  public Prices {
    Checks.atLeast("ramUsdPerGibHour", ramUsdPerGibHour, 0);
    Checks.atLeast("coreUsdPerHour", coreUsdPerHour, 0);
    Checks.atLeast("nvmeUsdPerGibHour", nvmeUsdPerGibHour, 0);
    Checks.atLeast("objectUsdPerGibHour", objectUsdPerGibHour, 0);
  }
}
