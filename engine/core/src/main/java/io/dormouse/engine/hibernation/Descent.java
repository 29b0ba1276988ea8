package io.dormouse.engine.hibernation;

import java.util.Arrays;

/** At which idle age to be at which level: from AWAKE down, never up. Immutable. */
public final class Descent {
  private final LevelTable table;
  private final int[] levels;
  private final double[] agesSeconds;

  private Descent(LevelTable table, int[] levels, double[] agesSeconds) {
    this.table = table;
    this.levels = levels;
    this.agesSeconds = agesSeconds;
  }

  /**
   * A way down.
   *
   * @param levels depths in {@code table}, growing, the first 0
   * @param agesSeconds when each is entered, not falling, the first 0
   */
  static Descent of(LevelTable table, int[] levels, double[] agesSeconds) {
    return new Descent(table, levels.clone(), Arrays.copyOf(agesSeconds, levels.length));
  }

  /** How many levels it visits. */
  public int size() {
    return levels.length;
  }

  /** The depth, in the table, of the i-th level visited. */
  public int level(int i) {
    return levels[i];
  }

  /** The idle age at which the i-th level is entered, wall seconds. */
  public double ageSeconds(int i) {
    return agesSeconds[i];
  }

  /** The depth, in the table, to be at when idle for that long. */
  public int levelAt(double ageSeconds) {
    int at = 0;
    while (at + 1 < levels.length && agesSeconds[at + 1] <= ageSeconds) {
      at++;
    }
    return levels[at];
  }

  /**
   * What an idle time costs, its wake with it; a level entered at the very end is paid.
   *
   * @param gapSeconds the length, wall seconds
   */
  public double costUsd(double gapSeconds) {
    double cost = 0;
    int at = 0;
    while (at + 1 < levels.length && agesSeconds[at + 1] <= gapSeconds) {
      cost += heldUsd(at, agesSeconds[at + 1]) + table.entryUsd(levels[at], levels[at + 1]);
      at++;
    }
    return cost + heldUsd(at, gapSeconds) + table.wakeUsd(levels[at]);
  }

  /**
   * The worst ratio of its cost to the clairvoyant one, over idle times of any length. Both costs
   * are linear between the ages where either changes its level, so that the worst lies at one of
   * these, or at infinity.
   */
  public double worstRatio() {
    double worst = ratioAtInfinity();
    for (double age : bends()) {
      worst = Math.max(worst, ratio(costUsd(age), table.clairvoyantUsd(age)));
    }
    return worst;
  }

  /** ρ: the worst ratio of its holding alone to the clairvoyant cost, over idle times. */
  double holdRatio() {
    double worst = ratioAtInfinity();
    for (double age : bends()) {
      worst = Math.max(worst, ratio(holdingUsd(age), table.clairvoyantUsd(age)));
    }
    return worst;
  }

  /**
   * σ: the worst ratio of what getting to a level and back costs along its way to what the
   * clairvoyant one pays for getting where he is at that age.
   */
  double moveRatio(Descent clairvoyant) {
    double worst = 1;
    double path = 0;
    for (int i = 1; i < levels.length; i++) {
      path += table.entryUsd(levels[i - 1], levels[i]);
      double his = table.oneOffUsd(clairvoyant.levelAt(agesSeconds[i]));
      worst = Math.max(worst, ratio(path + table.wakeUsd(levels[i]), his));
    }
    return worst;
  }

  private double holdingUsd(double gapSeconds) {
    double held = 0;
    int at = 0;
    while (at + 1 < levels.length && agesSeconds[at + 1] <= gapSeconds) {
      held += heldUsd(at, agesSeconds[at + 1]);
      at++;
    }
    return held + heldUsd(at, gapSeconds);
  }

  /** The ages where this or the clairvoyant changes its level. */
  private double[] bends() {
    double[] bends = Arrays.copyOf(agesSeconds, levels.length + table.size() * table.size());
    int count = levels.length;
    for (int i = 0; i < table.size(); i++) {
      for (int j = i + 1; j < table.size(); j++) {
        double rates = table.holdUsdPerSecond(i) - table.holdUsdPerSecond(j);
        double meet = (table.oneOffUsd(j) - table.oneOffUsd(i)) / rates;
        if (rates > 0 && meet > 0) {
          bends[count++] = meet;
        }
      }
    }
    return Arrays.copyOf(bends, count);
  }

  private double heldUsd(int at, double untilSeconds) {
    return table.holdUsdPerSecond(levels[at]) * (untilSeconds - agesSeconds[at]);
  }

  private double ratioAtInfinity() {
    double deepest = table.holdUsdPerSecond(table.size() - 1);
    double ours = table.holdUsdPerSecond(levels[levels.length - 1]);
    return deepest == 0 && ours == 0 ? 1 : ratio(ours, deepest);
  }

  private static double ratio(double cost, double best) {
    if (cost <= best) {
      return 1;
    }
    return best == 0 ? Double.POSITIVE_INFINITY : cost / best;
  }

  @Override
  public String toString() {
    return "Descent to %s at %s s".formatted(Arrays.toString(levels), Arrays.toString(agesSeconds));
  }
}
