package io.dormouse.engine.hibernation;

import java.util.Arrays;

/**
 * When an idle instance is wanted next: a distribution of the time from now, given all that is
 * known now (the idle age among it). Immutable.
 *
 * <p>The survival function S(t) = P(not wanted before t) is linear between edges, 1 at 0; what is
 * left beyond the last edge comes {@link #tailMeanSeconds} after it on average.
 */
public final class NextUse {
  private final double[] edgesSeconds;
  private final double[] survival;
  private final double tailMeanSeconds;
  private final double trust;

  private NextUse(double[] edges, double[] survival, double tailMeanSeconds, double trust) {
    this.edgesSeconds = edges;
    this.survival = survival;
    this.tailMeanSeconds = tailMeanSeconds;
    this.trust = trust;
  }

  /**
   * A distribution.
   *
   * @param edgesSeconds times from now, growing, above 0; at least one
   * @param survival S at each edge, not growing, from 0 to 1
   * @param tailMeanSeconds mean time beyond the last edge of what is left there; at least 0
   * @param trust λ of the forecaster: above 0 (trusted) to 1 (not trusted at all)
   */
  public static NextUse of(
      double[] edgesSeconds, double[] survival, double tailMeanSeconds, double trust) {
    if (edgesSeconds.length == 0 || edgesSeconds.length != survival.length) {
      throw new IllegalArgumentException(
          "The edges (%d) and survivals (%d) of a forecast must be as many, and at least one."
              .formatted(edgesSeconds.length, survival.length));
    }
    for (int i = 0; i < survival.length; i++) {
      boolean grows = edgesSeconds[i] > (i == 0 ? 0 : edgesSeconds[i - 1]);
      boolean falls = survival[i] >= 0 && survival[i] <= (i == 0 ? 1 : survival[i - 1]);
      if (!grows || !falls || !Double.isFinite(edgesSeconds[i])) {
        throw new IllegalArgumentException(
            "The edge %d (%s s, survival %s) must be later, and its survival not above, the one before it."
                .formatted(i, edgesSeconds[i], survival[i]));
      }
    }
    if (!(trust > 0 && trust <= 1) || !(tailMeanSeconds >= 0)) {
      throw new IllegalArgumentException(
          "The trust (%s) must be above 0 and at most 1, the tail (%s s) not negative."
              .formatted(trust, tailMeanSeconds));
    }
    return new NextUse(edgesSeconds.clone(), survival.clone(), tailMeanSeconds, trust);
  }

  /** How many edges there are. */
  public int size() {
    return edgesSeconds.length;
  }

  /** An edge, seconds from now. */
  public double edgeSeconds(int i) {
    return edgesSeconds[i];
  }

  /** P(not wanted before that edge). */
  public double survival(int i) {
    return survival[i];
  }

  /** Mean time beyond the last edge of what is left there, seconds. */
  public double tailMeanSeconds() {
    return tailMeanSeconds;
  }

  /** λ of the forecaster: near 0 trusted, 1 not at all. */
  public double trust() {
    return trust;
  }

  /** P(not wanted within {@code seconds}), linear between edges; constant beyond the last. */
  public double survivalAfter(double seconds) {
    if (seconds <= 0) {
      return 1;
    }
    int found = Arrays.binarySearch(edgesSeconds, seconds);
    int next = found >= 0 ? found : -found - 1;
    if (next == edgesSeconds.length) {
      return survival[next - 1];
    }
    double fromEdge = next == 0 ? 0 : edgesSeconds[next - 1];
    double from = next == 0 ? 1 : survival[next - 1];
    double share = (seconds - fromEdge) / (edgesSeconds[next] - fromEdge);
    return from + share * (survival[next] - from);
  }

  /** The mean time to the next use, seconds. */
  public double meanSeconds() {
    double mean = 0;
    double edge = 0;
    double alive = 1;
    for (int i = 0; i < edgesSeconds.length; i++) {
      mean += (edgesSeconds[i] - edge) * (alive + survival[i]) / 2;
      edge = edgesSeconds[i];
      alive = survival[i];
    }
    return mean + alive * tailMeanSeconds;
  }
}
