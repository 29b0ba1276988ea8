package io.dormouse.engine.plan;

/**
 * The most that one plan may do; each at least 1.
 *
 * @param hibernationsPerRound instances taken down
 * @param wakesPerRound instances woken
 * @param startsPerRound fresh instances
 * @param perClassPerRound actions on one class
 * @param movesInFlightPerNode instances of one node on their way to a level or back at the same
 *     time, for actions that move an image; others are free
 */
public record Budgets(
    int hibernationsPerRound,
    int wakesPerRound,
    int startsPerRound,
    int perClassPerRound,
    int movesInFlightPerNode) {
  /** For a site of a thousand nodes and a beat of a few seconds. */
  public static final Budgets DEFAULT = new Budgets(200, 1_000, 200, 50, 2);

  /** Checks the ranges. */
  public Budgets {
    requirePositive("hibernationsPerRound", hibernationsPerRound);
    requirePositive("wakesPerRound", wakesPerRound);
    requirePositive("startsPerRound", startsPerRound);
    requirePositive("perClassPerRound", perClassPerRound);
    requirePositive("movesInFlightPerNode", movesInFlightPerNode);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "The budget %s (%d) must be positive.%nMaybe the mode observe is wanted, which plans and does nothing."
              .formatted(name, value));
    }
  }
}
