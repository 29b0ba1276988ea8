package io.dormouse.learning;

/**
 * How fast the next use is learned, and how much of it is kept.
 *
 * @param keepOfClass what each new gap leaves of the weight of a class's older ones, below 1
 * @param keepOfPool the same for the gaps of all classes
 * @param poolWeight how many gaps of its own a class needs to count as much as all classes do
 * @param evenWeight how many gaps of all classes it takes to count as much as knowing nothing
 * @param scoreWeight the weight of the newest gap in the measured calibration, above 0, at most 1
 * @param classesMax the most classes that are remembered; beyond, the longest unused quarter is
 *     forgotten
 */
public record LearningSettings(
    double keepOfClass,
    double keepOfPool,
    double poolWeight,
    double evenWeight,
    double scoreWeight,
    int classesMax) {
  /** Fifty gaps per class, a thousand of all. */
  public static final LearningSettings DEFAULT =
      new LearningSettings(0.98, 0.999, 1, 5, 0.1, 20_000);

  /** Checks the ranges. */
  public LearningSettings {
    requireShare("keepOfClass", keepOfClass);
    requireShare("keepOfPool", keepOfPool);
    requireShare("scoreWeight", scoreWeight);
    if (!(poolWeight > 0) || !(evenWeight > 0) || classesMax < 1) {
      throw new IllegalArgumentException(
          "The poolWeight (%s), evenWeight (%s) and classesMax (%d) must be positive."
              .formatted(poolWeight, evenWeight, classesMax));
    }
  }

  private static void requireShare(String name, double value) {
    if (!(value > 0 && value < 1)) {
      throw new IllegalArgumentException(
          "The %s (%s) must be above 0 and below 1.%nMaybe a percentage was given."
              .formatted(name, value));
    }
  }
}
