package io.dormouse.engine.hibernation;

/**
 * Follows a forecast only as far as the lower envelope lets it.
 *
 * <p>Let the envelope enter a level at idle age t. With trust λ the blend may enter it from λ t on,
 * and has entered it by t / λ. Where entry costs add up, the cost of any such schedule is at most 1
 * + 1/λ times the clairvoyant one, however wrong the forecast is. Let r = 1/λ and f the clairvoyant
 * cost, which is concave with f(0) = 0: holding up to g costs at most r f(g/r), and the level that
 * it is at costs at most the intercept of f's tangent at r g, there and back; concavity makes the
 * sum at most (1 + r) f(g). In a general table both parts grow by no more than the {@link
 * LowerEnvelope#holdRatio} and {@link LowerEnvelope#moveRatio} of its envelope, and so does the
 * bound. For two levels this is the trade of Purohit, Svitkina, Kumar: <i>Improving online
 * algorithms via ML predictions</i>, 2018.
 *
 * <p>The dial's k (act only if benefit &gt; k × disruption) delays each step of the envelope to k
 * t: r = max(k, 1/λ) then.
 *
 * @param envelope what holds without a forecast
 * @param lambda λ: near 0 the forecast is free, 1 it is not heard
 * @param k the dial's factor, at least 1
 */
public record TrustBlend(LowerEnvelope envelope, double lambda, double k) {
  /** Checks the ranges. */
  public TrustBlend {
    if (!(lambda > 0 && lambda <= 1) || !(k >= 1)) {
      throw new IllegalArgumentException(
          "The lambda (%s) must be above 0 and at most 1, the k (%s) at least 1."
              .formatted(lambda, k));
    }
  }

  /** The depth to be at, at least, at an idle age. */
  public int shallowest(double ageSeconds) {
    return envelope.descent().levelAt(ageSeconds / Math.max(k, 1 / lambda));
  }

  /** The depth to be at, at most, at an idle age. */
  public int deepest(double ageSeconds) {
    return Math.max(shallowest(ageSeconds), envelope.descent().levelAt(ageSeconds / lambda));
  }

  /** The depth to be at where the forecast wants {@code wanted}. */
  public int blend(double ageSeconds, int wanted) {
    return Math.max(shallowest(ageSeconds), Math.min(deepest(ageSeconds), wanted));
  }

  /** What the cost is at most, times the clairvoyant cost, at constant prices. */
  public double bound() {
    double slowest = Math.max(k, 1 / lambda);
    return Math.max(envelope.holdRatio(), envelope.moveRatio()) * (1 + slowest);
  }
}
