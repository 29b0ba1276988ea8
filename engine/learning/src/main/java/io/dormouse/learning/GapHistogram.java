package io.dormouse.learning;

/** Weights of gaps per bin, of which each new one makes the old ones count less. Immutable. */
final class GapHistogram {
  private static final GapHistogram EMPTY = new GapHistogram(new double[GapBins.count()], 0);

  private final double[] weights;
  private final double total;

  private GapHistogram(double[] weights, double total) {
    this.weights = weights;
    this.total = total;
  }

  static GapHistogram empty() {
    return EMPTY;
  }

  /**
   * With one gap more.
   *
   * @param keep what the weights so far are multiplied with, below 1: no more than 1 / (1 - keep)
   *     gaps ever count
   */
  GapHistogram with(int bin, double keep) {
    double[] next = new double[weights.length];
    double sum = 0;
    for (int i = 0; i < next.length; i++) {
      next[i] = weights[i] * keep + (i == bin ? 1 : 0);
      sum += next[i];
    }
    return new GapHistogram(next, sum);
  }

  double total() {
    return total;
  }

  double weight(int bin) {
    return weights[bin];
  }
}
