package io.dormouse.learning;

import io.dormouse.engine.hibernation.NextUse;
import java.util.Arrays;

/**
 * Probabilities of the next gap per bin, even within a bin. Immutable.
 *
 * <p>A class's own gaps are blended with those of all classes, and these with an even share per bin
 * (the same probability for each order of magnitude), so that nothing is ever impossible.
 */
final class GapDistribution {
  private static final double NOW_SECONDS = 0.1;
  private static final double NOW_GROWTH = 1.5;
  private static final double TAIL_MIN_SECONDS = 1;

  /** As far as the last bin that a gap can be in, which has no end. */
  private final double[] probability;

  /** P(gap at least as long as the begin of the bin). */
  private final double[] survival;

  private GapDistribution(double[] probability) {
    this.probability = probability;
    this.survival = new double[probability.length];
    double sum = 0;
    for (int bin = probability.length - 1; bin >= 0; bin--) {
      sum += probability[bin];
      survival[bin] = Math.min(1, sum);
    }
  }

  /**
   * The same probability for each bin.
   *
   * @param watchedSeconds how long a gap could have been seen to last: where the last bin begins
   */
  static GapDistribution even(double watchedSeconds) {
    double[] probability = new double[GapBins.of(watchedSeconds) + 1];
    Arrays.fill(probability, 1.0 / probability.length);
    return new GapDistribution(probability);
  }

  /** What was counted, with {@code prior} at the weight of so many gaps, and as far as it goes. */
  static GapDistribution of(GapHistogram counted, GapDistribution prior, double priorWeight) {
    double[] probability = new double[prior.probability.length];
    double total = counted.total() + priorWeight;
    for (int bin = 0; bin < probability.length; bin++) {
      probability[bin] = (counted.weight(bin) + priorWeight * prior.probability[bin]) / total;
    }
    return new GapDistribution(probability);
  }

  /** How much likelier than by an even share what came was, in nats; negative for less likely. */
  double nats(int bin) {
    double likely = probability[Math.min(bin, last())];
    return StrictMath.log(likely * probability.length);
  }

  /** P(gap longer than {@code seconds}). */
  double survivalAt(double seconds) {
    if (seconds <= GapBins.SHORTEST_SECONDS) {
      return survival[0];
    }
    int bin = GapBins.of(seconds);
    if (bin >= last()) {
      return survival[last()];
    }
    double from = GapBins.fromSeconds(bin);
    double share = (seconds - from) / (GapBins.fromSeconds(bin + 1) - from);
    return survival[bin] - share * probability[bin];
  }

  /** The time from now, given that the gap has lasted for {@code ageSeconds}. */
  NextUse given(double ageSeconds, double trust) {
    int firstBin = ageSeconds < GapBins.SHORTEST_SECONDS ? 0 : GapBins.of(ageSeconds) + 1;
    double tail = Math.max(TAIL_MIN_SECONDS, Math.max(ageSeconds, GapBins.fromSeconds(last())));
    double fine = firstBin < probability.length ? GapBins.fromSeconds(firstBin) - ageSeconds : tail;
    double[] edges = new double[64 + probability.length];
    int count = 0;
    for (double edge = NOW_SECONDS; edge < fine / NOW_GROWTH; edge *= NOW_GROWTH) {
      edges[count++] = edge;
    }
    for (int bin = firstBin; bin < probability.length; bin++) {
      double edge = GapBins.fromSeconds(bin) - ageSeconds;
      if (edge > (count == 0 ? 0 : edges[count - 1])) {
        edges[count++] = edge;
      }
    }
    double[] used = Arrays.copyOf(edges, count);
    return NextUse.of(used, left(used, ageSeconds), tail, trust);
  }

  private double[] left(double[] edges, double ageSeconds) {
    double alive = survivalAt(ageSeconds);
    double[] left = new double[edges.length];
    double before = 1;
    for (int i = 0; i < edges.length; i++) {
      before = Math.min(before, survivalAt(ageSeconds + edges[i]) / alive);
      left[i] = before;
    }
    return left;
  }

  private int last() {
    return probability.length - 1;
  }
}
