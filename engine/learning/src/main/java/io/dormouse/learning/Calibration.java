package io.dormouse.learning;

/**
 * How good forecasts were, measured on each gap before it was learned from: the logarithmic score
 * (in nats, a proper score: only the true distribution maximises it) beyond that of knowing
 * nothing, exponentially averaged from 0 on.
 *
 * @param ownNats of the forecasts from the class's own gaps
 * @param poolNats of those from all classes' gaps
 */
record Calibration(double ownNats, double poolNats) {
  static final Calibration NONE = new Calibration(0, 0);

  private static final double NATS_MAX = 5;
  private static final double TRUST_BEST = 0.05;

  /** After a gap. */
  Calibration with(int bin, GapDistribution own, GapDistribution pool, double weight) {
    return new Calibration(
        ownNats + weight * (nats(own, bin) - ownNats),
        poolNats + weight * (nats(pool, bin) - poolNats));
  }

  /** Whether the class's own gaps forecast it no worse than its fallback. */
  boolean isOwnBetter() {
    return ownNats >= poolNats;
  }

  /**
   * λ by the better of the two: e to the minus nats gained; 1, that is no trust, where nothing was
   * gained.
   */
  double trust() {
    double gained = Math.max(ownNats, poolNats);
    return gained <= 0 ? 1 : Math.max(TRUST_BEST, StrictMath.exp(-gained));
  }

  private static double nats(GapDistribution forecast, int bin) {
    return Math.max(-NATS_MAX, Math.min(NATS_MAX, forecast.nats(bin)));
  }
}
