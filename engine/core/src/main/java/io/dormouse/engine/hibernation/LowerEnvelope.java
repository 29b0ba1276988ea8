package io.dormouse.engine.hibernation;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * The schedule that needs no forecast: be at each idle age where one who knew that the idle time
 * ends now would have been from the start (multi-state ski rental).
 *
 * <p>Where entry costs add up along the way down it costs at most twice the clairvoyant optimum
 * (Irani, Shukla, Gupta: <i>Online strategies for dynamic power management in systems with multiple
 * power-saving states</i>, 2003). In a general table the way down may cost more than going
 * straight. Then levels are joined into groups, and the deepest of a group is entered where the
 * envelope enters the first of it (Augustine, Irani, Swamy: <i>Optimal power-down strategies</i>,
 * 2008, who show that some grouping costs at most 3 + 2√2 times the optimum); of all groupings the
 * one of the least bound is taken, which is computed for the very table. As long as the full
 * envelope keeps 3 + 2√2, it is taken: more levels cost less on average.
 *
 * <p>The bound holds for prices that stay as they are, and ends where shadow prices move.
 *
 * @param descent the schedule
 * @param full the envelope with all levels: where the clairvoyant one is
 */
public record LowerEnvelope(Descent descent, Descent full) {
  /** No table needs more. */
  public static final double BOUND_MAX = 3 + 2 * StrictMath.sqrt(2);

  /** The schedule of a table. */
  public static LowerEnvelope of(LevelTable table) {
    Descent full = fullEnvelope(table);
    LowerEnvelope best = new LowerEnvelope(full, full);
    // Its holding is at most the clairvoyant cost, so that 1 + σ bounds it and is quick to know.
    if (1 + best.moveRatio() <= BOUND_MAX || best.bound() <= BOUND_MAX) {
      return best;
    }
    double least = best.bound();
    int last = full.size() - 1;
    for (int kept = 0; kept < 1 << (last - 1); kept++) {
      int ends = kept;
      Descent grouped = grouped(table, full, i -> i == last || ((ends >> (i - 1)) & 1) == 1);
      double bound = grouped.worstRatio();
      if (bound < least) {
        best = new LowerEnvelope(grouped, full);
        least = bound;
      }
    }
    return best;
  }

  /** Its worst ratio to the clairvoyant cost, computed for this table. */
  public double bound() {
    return descent.worstRatio();
  }

  /** ρ ≥ 1: the worst ratio of its holding alone to the clairvoyant cost; 1 where costs add up. */
  public double holdRatio() {
    return descent.holdRatio();
  }

  /**
   * σ ≥ 1: the worst ratio of what its way to a level and back costs to what the clairvoyant one
   * pays at that age; 1 where costs add up.
   */
  public double moveRatio() {
    return descent.moveRatio(full);
  }

  private static Descent fullEnvelope(LevelTable table) {
    int[] levels = new int[table.size()];
    double[] ages = new double[table.size()];
    int count = 1;
    for (int to = nextOnEnvelope(table, 0); to > 0; to = nextOnEnvelope(table, to)) {
      levels[count] = to;
      ages[count] = Math.max(ages[count - 1], meetSeconds(table, levels[count - 1], to));
      count++;
    }
    return Descent.of(table, Arrays.copyOf(levels, count), ages);
  }

  /** Enters the last level of each group where the envelope enters its first. */
  private static Descent grouped(LevelTable table, Descent full, IntPredicate isLastOfGroup) {
    int[] levels = new int[full.size()];
    double[] ages = new double[full.size()];
    int count = 1;
    int first = 1;
    for (int i = 1; i < full.size(); i++) {
      if (isLastOfGroup.test(i)) {
        levels[count] = full.level(i);
        ages[count++] = full.ageSeconds(first);
        first = i + 1;
      }
    }
    return Descent.of(table, Arrays.copyOf(levels, count), ages);
  }

  /** The level whose line is first to come below that of {@code from}; of equals the deepest. */
  private static int nextOnEnvelope(LevelTable table, int from) {
    int best = -1;
    double bestAge = Double.POSITIVE_INFINITY;
    for (int to = from + 1; to < table.size(); to++) {
      if (table.holdUsdPerSecond(to) < table.holdUsdPerSecond(from)) {
        double age = meetSeconds(table, from, to);
        if (age < bestAge || (age == bestAge && isCheaper(table, to, best))) {
          best = to;
          bestAge = age;
        }
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
}
