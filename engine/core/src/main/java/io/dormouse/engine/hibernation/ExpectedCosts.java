package io.dormouse.engine.hibernation;

import java.time.Duration;

/**
 * What each choice for one idle instance is expected to cost until its next use, over the whole
 * distribution: go down, wake, or stay; from the next beat on all choices are open again, and the
 * best is taken at each edge of the distribution (dynamic programming backwards over the edges).
 *
 * <p>Money in US dollars, from now to the end of the next wake. Holding and one-off costs (entries,
 * the core that wakes take, waiting) are kept apart.
 */
final class ExpectedCosts {
  private final LevelTable table;
  private final Descent reachable;
  private final NextUse nextUse;
  private final double beatSeconds;
  private final double[] areas;

  /** Of staying at least until the next edge, weighted with S(edge). */
  private double[] stayHold;

  private double[] stayOneOff;

  private ExpectedCosts(LevelTable table, Descent reachable, NextUse nextUse, Duration beat) {
    this.table = table;
    this.reachable = reachable;
    this.nextUse = nextUse;
    this.beatSeconds = Words.ofDuration(beat);
    this.areas = areas(nextUse);
    this.stayHold = new double[table.size()];
    this.stayOneOff = new double[table.size()];
  }

  /**
   * Weighs all choices.
   *
   * @param reachable the levels that may be gone to
   * @param beat when all choices are open again
   */
  static ExpectedCosts of(LevelTable table, Descent reachable, NextUse nextUse, Duration beat) {
    ExpectedCosts costs = new ExpectedCosts(table, reachable, nextUse, beat);
    costs.solve();
    return costs;
  }

  /** A choice's expected cost. */
  record Cost(double holdUsd, double oneOffUsd) {
    double usd() {
      return holdUsd + oneOffUsd;
    }
  }

  /** Leave it as it is until the next use. */
  Cost keep(int level) {
    return new Cost(table.holdUsdPerSecond(level) * nextUse.meanSeconds(), table.wakeUsd(level));
  }

  /** Leave it as it is until the next beat at least. */
  Cost stay(int level) {
    return new Cost(stayHold[level], stayOneOff[level]);
  }

  /** Take it down now. */
  Cost down(int from, int to) {
    return new Cost(stayHold[to], stayOneOff[to] + downUsd(from, to, 0));
  }

  /** The entry, and the waiting of those who come before it is done: nothing undoes it halfway. */
  private double downUsd(int from, int to, int edge) {
    double latency = Words.ofDuration(table.get(to).entryLatency());
    return survival(edge) * table.entryUsd(from, to) + lateUsd(table.get(to), latency, edge);
  }

  /** Wake it now. */
  Cost wake(int from) {
    return new Cost(stayHold[0], stayOneOff[0] + wakeAheadUsd(from, 0));
  }

  private void solve() {
    int last = nextUse.size();
    for (int level = 0; level < table.size(); level++) {
      double left = survival(last);
      stayHold[level] = left * nextUse.tailMeanSeconds() * table.holdUsdPerSecond(level);
      stayOneOff[level] = left * table.wakeUsd(level);
    }
    for (int edge = last - 1; edge >= 0; edge--) {
      stepBack(edge);
    }
  }

  private void stepBack(int edge) {
    double[] hold = new double[table.size()];
    double[] oneOff = new double[table.size()];
    double area = areas[edge + 1] - areas[edge];
    double wanted = survival(edge) - survival(edge + 1);
    for (int level = 0; level < table.size(); level++) {
      Cost next =
          seconds(edge + 1) < beatSeconds
              ? new Cost(stayHold[level], stayOneOff[level])
              : bestAt(edge + 1, level);
      hold[level] = area * table.holdUsdPerSecond(level) + next.holdUsd();
      oneOff[level] = wanted * table.wakeUsd(level) + next.oneOffUsd();
    }
    stayHold = hold;
    stayOneOff = oneOff;
  }

  private Cost bestAt(int edge, int level) {
    double alive = survival(edge);
    int to = level;
    double entry = 0;
    double best = stayHold[level] + stayOneOff[level];
    for (int i = 0; i < reachable.size(); i++) {
      int deeper = reachable.level(i);
      double there = stayHold[deeper] + stayOneOff[deeper];
      // Where even the entry alone costs too much, the waiting need not be known.
      if (deeper > level && alive * table.entryUsd(level, deeper) + there < best) {
        double cost = downUsd(level, deeper, edge);
        if (cost + there < best) {
          best = cost + there;
          to = deeper;
          entry = cost;
        }
      }
    }
    double awake = stayHold[0] + stayOneOff[0];
    // The busy core alone often rules a wake out.
    if (level > 0 && awake + alive * table.get(level).wakeBusy().usd() < best) {
      double wake = wakeAheadUsd(level, edge);
      if (wake + awake < best) {
        to = 0;
        entry = wake;
      }
    }
    return new Cost(stayHold[to], stayOneOff[to] + entry);
  }

  /** The core that it takes, and the waiting of those who come before it is done. */
  private double wakeAheadUsd(int level, int edge) {
    double alive = survival(edge);
    LevelCost cost = table.get(level);
    double latency = Words.ofDuration(cost.wakeLatency());
    return alive * cost.wakeBusy().usd() + lateUsd(cost, latency, edge);
  }

  /** The waiting of those who come within {@code seconds} until these are over. */
  private double lateUsd(LevelCost level, double seconds, int edge) {
    double wakeSeconds = Words.ofDuration(level.wakeLatency());
    if (seconds <= 0 || wakeSeconds <= 0) {
      return 0;
    }
    double late = survival(edge) * seconds - areaBetween(edge, seconds);
    return level.wakeWait().usd() / wakeSeconds * Math.max(0, late);
  }

  private double areaBetween(int edge, double seconds) {
    double from = seconds(edge);
    double to = from + seconds;
    int at = edge;
    while (at < nextUse.size() && seconds(at + 1) <= to) {
      at++;
    }
    double rest = to - seconds(at);
    double alive = survival(at);
    double slope =
        at == nextUse.size() ? 0 : (survival(at + 1) - alive) / (seconds(at + 1) - seconds(at));
    return areas[at] - areas[edge] + rest * (alive + slope * rest / 2);
  }

  private static double[] areas(NextUse nextUse) {
    double[] areas = new double[nextUse.size() + 1];
    double from = 0;
    double alive = 1;
    for (int i = 0; i < nextUse.size(); i++) {
      double to = nextUse.edgeSeconds(i);
      areas[i + 1] = areas[i] + (to - from) * (alive + nextUse.survival(i)) / 2;
      from = to;
      alive = nextUse.survival(i);
    }
    return areas;
  }

  private double seconds(int edge) {
    return edge == 0 ? 0 : nextUse.edgeSeconds(edge - 1);
  }

  private double survival(int edge) {
    return edge == 0 ? 1 : nextUse.survival(edge - 1);
  }
}
