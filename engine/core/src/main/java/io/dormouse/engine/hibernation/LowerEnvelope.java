package io.dormouse.engine.hibernation;

import java.util.ArrayList;
import java.util.List;

/**
 * The schedule that needs no forecast: be at each idle age where one who knew that the idle time
 * ends now would have been from the start (multi-state ski rental).
 *
 * <p>Where entry costs add up along the way down it costs at most twice the clairvoyant optimum
 * (Irani, Shukla, Gupta: <i>Online strategies for dynamic power management in systems with multiple
 * power-saving states</i>, 2003). In a general table the ways down may cost more than going
 * straight; then levels are left out until the bound, which is computed for the very table, is
 * least; it is never above 3 + 2√2 (Augustine, Irani, Swamy: <i>Optimal power-down strategies</i>,
 * 2008). As long as the full envelope keeps that, no level is left out: more levels cost less on
 * average.
 *
 * <p>The bound holds for prices that stay as they are, and ends where shadow prices move.
 *
 * @param descent the schedule
 * @param bound its worst ratio to the clairvoyant cost, computed for this table
 * @param stretch κ ≥ 1: the most that the way down costs in comparison to going straight; 1 where
 *     entry costs add up
 * @param pruning ρ ≥ 1: the worst ratio of the clairvoyant costs without and with the levels left
 *     out; 1 where none is
 */
public record LowerEnvelope(Descent descent, double bound, double stretch, double pruning) {
  /** No table needs more. */
  public static final double BOUND_MAX = 3 + 2 * StrictMath.sqrt(2);

  /** The schedule of a table. */
  public static LowerEnvelope of(LevelTable table) {
    int all = (1 << (table.size() - 1)) - 1;
    LowerEnvelope best = ofSubset(table, all);
    if (best.bound <= BOUND_MAX) {
      return best;
    }
    for (int subset = all - 1; subset >= 0; subset--) {
      LowerEnvelope candidate = ofSubset(table, subset);
      if (candidate.bound < best.bound) {
        best = candidate;
      }
    }
    return best;
  }

  /** The envelope of AWAKE and the levels whose bit (depth - 1) is set. */
  private static LowerEnvelope ofSubset(LevelTable table, int subset) {
    List<Integer> levels = new ArrayList<>(List.of(0));
    List<Double> ages = new ArrayList<>(List.of(0.0));
    for (int next = 0; next >= 0; ) {
      int from = levels.get(levels.size() - 1);
      next = nextOnEnvelope(table, subset, from);
      if (next >= 0) {
        levels.add(next);
        ages.add(Math.max(ages.get(ages.size() - 1), meetSeconds(table, from, next)));
      }
    }
    Descent descent =
        new Descent(
            table,
            levels.stream().mapToInt(Integer::intValue).toArray(),
            ages.stream().mapToDouble(Double::doubleValue).toArray());
    return new LowerEnvelope(
        descent, descent.worstRatio(), descent.stretch(), pruning(table, descent));
  }

  /** The level whose line is first to come below that of {@code from}; of equals the deepest. */
  private static int nextOnEnvelope(LevelTable table, int subset, int from) {
    int best = -1;
    double bestAge = Double.POSITIVE_INFINITY;
    for (int to = from + 1; to < table.size(); to++) {
      boolean allowed = ((subset >> (to - 1)) & 1) == 1;
      if (!allowed || table.holdUsdPerSecond(to) >= table.holdUsdPerSecond(from)) {
        continue;
      }
      double age = meetSeconds(table, from, to);
      if (age < bestAge || (age == bestAge && isCheaper(table, to, best))) {
        best = to;
        bestAge = age;
      }
    }
    return best;
  }

  private static boolean isCheaper(LevelTable table, int to, int than) {
    return than < 0 || table.holdUsdPerSecond(to) < table.holdUsdPerSecond(than);
  }

  private static double meetSeconds(LevelTable table, int from, int to) {
    return (table.oneOffUsd(to) - table.oneOffUsd(from))
        / (table.holdUsdPerSecond(from) - table.holdUsdPerSecond(to));
  }

  /** Both optima are piecewise linear: the worst ratio lies where one of them bends. */
  private static double pruning(LevelTable table, Descent kept) {
    double worst = 1;
    for (int i = 0; i < table.size(); i++) {
      for (int j = i + 1; j < table.size(); j++) {
        double age = meetSeconds(table, i, j);
        double best = age > 0 && Double.isFinite(age) ? table.clairvoyantUsd(age) : 0;
        if (best > 0) {
          worst = Math.max(worst, envelopeUsd(table, kept, age) / best);
        }
      }
    }
    return worst;
  }

  private static double envelopeUsd(LevelTable table, Descent kept, double gapSeconds) {
    int level = kept.levelAt(gapSeconds);
    return table.oneOffUsd(level) + table.holdUsdPerSecond(level) * gapSeconds;
  }
}
