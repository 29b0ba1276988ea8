package io.dormouse.learning;

/**
 * How times between arrivals are counted: bins whose edges grow by a fifth, from a tenth of a
 * second to about a month. What is shorter belongs to one burst, what is longer to the last bin,
 * which has no end.
 */
final class GapBins {
  /** Arrivals closer than this leave no idle time between them, seconds. */
  static final double SHORTEST_SECONDS = 0.1;

  private static final double GROWTH = 1.2;
  private static final double LONGEST_SECONDS = 30 * 86_400.0;
  private static final double[] FROM_SECONDS = edges();

  private GapBins() {}

  /** How many bins there are. */
  static int count() {
    return FROM_SECONDS.length;
  }

  /** Where a bin begins, seconds. */
  static double fromSeconds(int bin) {
    return FROM_SECONDS[bin];
  }

  /** The bin of a gap of at least {@link #SHORTEST_SECONDS}. */
  static int of(double gapSeconds) {
    int low = 0;
    int high = FROM_SECONDS.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (FROM_SECONDS[middle] <= gapSeconds) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private static double[] edges() {
    int count =
        (int) (StrictMath.log(LONGEST_SECONDS / SHORTEST_SECONDS) / StrictMath.log(GROWTH)) + 2;
    double[] edges = new double[count];
    for (int i = 0; i < count; i++) {
      edges[i] = SHORTEST_SECONDS * StrictMath.pow(GROWTH, i);
    }
    return edges;
  }
}
