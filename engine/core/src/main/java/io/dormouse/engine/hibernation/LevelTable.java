package io.dormouse.engine.hibernation;

import com.google.common.collect.ImmutableList;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Money;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;

/**
 * The levels of one instance with their costs: AWAKE first, then by holding rate from dear to
 * cheap, equals by wake cost. An index counts in that order and grows with depth. Immutable.
 *
 * <p>Entry costs between any two levels are taken along the cheapest way, by other levels or by
 * waking first, for which nobody waits. They need not add up along the way.
 */
public final class LevelTable {
  private static final double SECONDS_PER_HOUR = 3_600;
  private static final Comparator<LevelCost> BY_DEPTH =
      Comparator.<LevelCost, Boolean>comparing(cost -> cost.level() != HibernationLevel.AWAKE)
          .thenComparing(cost -> -cost.holding().usdPerHour())
          .thenComparing(LevelCost::wake)
          .thenComparing(LevelCost::level);

  private final ImmutableList<LevelCost> levels;
  private final double[] holdUsdPerSecond;
  private final double[] wakeUsd;
  private final double[][] entryUsd;

  private LevelTable(ImmutableList<LevelCost> levels, EntryCost entry) {
    int size = levels.size();
    this.levels = levels;
    this.holdUsdPerSecond = new double[size];
    this.wakeUsd = new double[size];
    this.entryUsd = new double[size][size];
    for (int i = 0; i < size; i++) {
      LevelCost cost = levels.get(i);
      holdUsdPerSecond[i] = cost.holding().usdPerHour() / SECONDS_PER_HOUR;
      wakeUsd[i] = cost.wake().usd();
      for (int j = i + 1; j < size; j++) {
        entryUsd[i][j] = requireNotNegative(entry.of(cost.level(), levels.get(j).level()).usd());
      }
    }
    closeUnderDetours();
  }

  /** What it costs to go straight down from one level to another, at least 0. */
  @FunctionalInterface
  public interface EntryCost {
    /** The cost; asked for deeper {@code to} only. */
    Money of(HibernationLevel from, HibernationLevel to);
  }

  /**
   * A table.
   *
   * @param levels each level once, AWAKE among them with a wake that costs nothing; in any order
   * @param entry the cost of going straight down
   */
  public static LevelTable of(List<LevelCost> levels, EntryCost entry) {
    ImmutableList<LevelCost> ordered = ImmutableList.sortedCopyOf(BY_DEPTH, levels);
    EnumSet<HibernationLevel> different = EnumSet.noneOf(HibernationLevel.class);
    ordered.forEach(cost -> different.add(cost.level()));
    if (ordered.isEmpty()
        || different.size() != ordered.size()
        || ordered.get(0).level() != HibernationLevel.AWAKE
        || ordered.get(0).wake().usd() != 0) {
      throw new IllegalArgumentException(
          "The levels (%s) must be different, with AWAKE among them at no wake cost."
              .formatted(ordered));
    }
    return new LevelTable(ordered, entry);
  }

  /** How many levels there are. */
  public int size() {
    return levels.size();
  }

  /** A level by depth: 0 is AWAKE. */
  public LevelCost get(int index) {
    return levels.get(index);
  }

  /** All levels by depth. */
  public ImmutableList<LevelCost> levels() {
    return levels;
  }

  /** The depth of a level; -1 where the table has none of it. */
  public int indexOf(HibernationLevel level) {
    for (int i = 0; i < levels.size(); i++) {
      if (levels.get(i).level() == level) {
        return i;
      }
    }
    return -1;
  }

  /** What the cheapest way down costs. */
  public Money entry(int from, int to) {
    return new Money(entryUsd[from][to]);
  }

  /**
   * The cost of an idle time for one who knows its length: the best level at once, and the wake.
   *
   * @param gapSeconds the length, wall seconds
   */
  public double clairvoyantUsd(double gapSeconds) {
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i < levels.size(); i++) {
      best = Math.min(best, oneOffUsd(i) + holdUsdPerSecond[i] * gapSeconds);
    }
    return best;
  }

  double holdUsdPerSecond(int index) {
    return holdUsdPerSecond[index];
  }

  double wakeUsd(int index) {
    return wakeUsd[index];
  }

  double entryUsd(int from, int to) {
    return entryUsd[from][to];
  }

  /** From AWAKE there and back. */
  double oneOffUsd(int index) {
    return entryUsd[0][index] + wakeUsd[index];
  }

  private void closeUnderDetours() {
    goByOtherLevels();
    for (int from = 1; from < levels.size(); from++) {
      for (int to = from + 1; to < levels.size(); to++) {
        double byWaking = levels.get(from).wakeBusy().usd() + entryUsd[0][to];
        entryUsd[from][to] = Math.min(entryUsd[from][to], byWaking);
      }
    }
    goByOtherLevels();
  }

  private void goByOtherLevels() {
    for (int from = 0; from < levels.size(); from++) {
      for (int to = from + 1; to < levels.size(); to++) {
        for (int by = from + 1; by < to; by++) {
          entryUsd[from][to] = Math.min(entryUsd[from][to], entryUsd[from][by] + entryUsd[by][to]);
        }
      }
    }
  }

  private static double requireNotNegative(double usd) {
    if (!(usd >= 0)) {
      throw new IllegalArgumentException(
          "The cost of an entry (%s) must not be negative.".formatted(usd));
    }
    return usd;
  }
}
