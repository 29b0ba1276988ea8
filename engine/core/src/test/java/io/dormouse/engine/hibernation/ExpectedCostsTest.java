package io.dormouse.engine.hibernation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Money;
import io.dormouse.engine.model.MoneyRate;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ExpectedCostsTest {
  /**
   * A dollar per second awake; asleep for free, two to get there, three for a wait of one second.
   */
  private static final LevelTable SLEEP = sleep(Duration.ZERO);

  private static LevelTable sleep(Duration entryLatency) {
    return LevelTable.of(
        List.of(
            new LevelCost(
                HibernationLevel.AWAKE,
                new MoneyRate(3_600),
                Duration.ZERO,
                Money.ZERO,
                Money.ZERO,
                Duration.ZERO),
            new LevelCost(
                HibernationLevel.L3_FULL_SNAPSHOT,
                MoneyRate.ZERO,
                Duration.ofSeconds(1),
                new Money(3),
                Money.ZERO,
                entryLatency)),
        (from, to) -> new Money(2));
  }

  /** Wanted for sure between the ninth and the tenth second. */
  private static NextUse inTenSeconds() {
    double[] edges = new double[10];
    double[] survival = new double[10];
    for (int i = 0; i < 10; i++) {
      edges[i] = i + 1;
      survival[i] = i < 9 ? 1 : 0;
    }
    return NextUse.of(edges, survival, 0, 0.1);
  }

  @Test
  void whoComesBeforeTheEntryIsDoneWaitsForItsEnd() {
    // Wanted at 9.5 s on average; awake again at 8.
    assertThat(of(sleep(Duration.ofSeconds(7)), inTenSeconds()).down(0, 1).usd())
        .isCloseTo(3.5, within(1e-9));
    // Waits for 2.5 s at 3 a second on average, which no wake ahead can help.
    assertThat(of(sleep(Duration.ofSeconds(12)), inTenSeconds()).down(0, 1).oneOffUsd())
        .isGreaterThanOrEqualTo(2 + 7.5);
  }

  @Test
  void sleepsAndWakesJustBeforeAKnownUse() {
    ExpectedCosts costs = of(SLEEP, inTenSeconds());

    // Down for 2; awake again at 8, held for 1.5 s on average.
    assertThat(costs.down(0, 1).usd()).isCloseTo(3.5, within(1e-9));
    assertThat(costs.down(0, 1).holdUsd()).isCloseTo(1.5, within(1e-9));
    // Awake for a second, then the same.
    assertThat(costs.stay(0).usd()).isCloseTo(4.5, within(1e-9));
    assertThat(costs.stay(1).usd()).isCloseTo(1.5, within(1e-9));
    // Awake at once: down again, and up.
    assertThat(costs.wake(1).usd()).isCloseTo(4.5, within(1e-9));
  }

  @Test
  void waitingIsPaidForUsesThatComeWhileAWakeGoesOn() {
    NextUse soon = NextUse.of(new double[] {1, 2}, new double[] {0, 0}, 0, 0.1);
    ExpectedCosts costs = of(SLEEP, soon);

    // Late by half a second on average, and held for half a second.
    assertThat(costs.wake(1).usd()).isCloseTo(1.5 + 0.5, within(1e-9));
    assertThat(costs.stay(1).usd()).isCloseTo(3, within(1e-9));
  }

  @Test
  void choosesAgainAtTheNextBeatOnly() {
    LowerEnvelope envelope = LowerEnvelope.of(SLEEP);
    ExpectedCosts costs =
        ExpectedCosts.of(SLEEP, envelope.descent(), inTenSeconds(), Duration.ofSeconds(20));

    assertThat(costs.stay(0).usd()).isCloseTo(9.5, within(1e-9));
    assertThat(costs.stay(1).usd()).isCloseTo(3, within(1e-9));
    assertThat(costs.keep(0).usd()).isCloseTo(9.5, within(1e-9));
    assertThat(costs.keep(1).usd()).isCloseTo(3, within(1e-9));
  }

  @Test
  void whatMayNeverComeIsHeldForTheTail() {
    NextUse never = NextUse.of(new double[] {1}, new double[] {1}, 1_000, 0.1);
    ExpectedCosts costs = of(SLEEP, never);

    assertThat(costs.stay(1).usd()).isCloseTo(3, within(1e-9));
    // One second awake, then asleep after all.
    assertThat(costs.stay(0).usd()).isCloseTo(1 + 2 + 3, within(1e-9));
  }

  @Property(tries = 500)
  void noFixedScheduleCostsLess(@ForAll long seed) {
    Random random = new Random(seed);
    LevelTable table = new RandomTables(random).general();
    NextUse use = random(random);
    ExpectedCosts costs = of(table, use);
    Descent reachable = LowerEnvelope.of(table).descent();
    int to = reachable.level(random.nextInt(reachable.size()));
    int edge = random.nextInt(use.size());

    double planned = costs.stay(0).usd();
    double fixed = sleepAt(table, use, edge, to);

    assertThat(planned).isLessThanOrEqualTo(fixed * (1 + 1e-9));
  }

  private static NextUse random(Random random) {
    int size = 1 + random.nextInt(40);
    double[] edges = new double[size];
    double[] survival = new double[size];
    for (int i = 0; i < size; i++) {
      double step = StrictMath.pow(10, random.nextDouble() * 4 - 1);
      edges[i] = (i == 0 ? 0 : edges[i - 1]) + step;
      survival[i] = (i == 0 ? 1 : survival[i - 1]) * random.nextDouble();
    }
    return NextUse.of(edges, survival, random.nextInt(10_000), 0.5);
  }

  /** Awake until an edge, then at a level to the end. */
  private static double sleepAt(LevelTable table, NextUse use, int edge, int to) {
    double cost = 0;
    double from = 0;
    double alive = 1;
    for (int i = 0; i < use.size(); i++) {
      int level = i <= edge ? 0 : to;
      double held = (use.edgeSeconds(i) - from) * (alive + use.survival(i)) / 2;
      cost += held * table.holdUsdPerSecond(level);
      cost += (alive - use.survival(i)) * table.wakeUsd(level);
      from = use.edgeSeconds(i);
      alive = use.survival(i);
      cost += i == edge ? alive * table.entryUsd(0, to) + entryWait(table.get(to), use, edge) : 0;
    }
    return cost + alive * (use.tailMeanSeconds() * table.holdUsdPerSecond(to) + table.wakeUsd(to));
  }

  /** Who comes while the entry takes waits for its end, each by the second. */
  private static double entryWait(LevelCost level, NextUse use, int edge) {
    if (level.wakeLatency().isZero()) {
      return 0;
    }
    double usdPerSecond = level.wakeWait().usd() / Words.ofDuration(level.wakeLatency());
    double end = use.edgeSeconds(edge) + Words.ofDuration(level.entryLatency());
    double waited = 0;
    for (int i = edge + 1; i < use.size() && use.edgeSeconds(i - 1) < end; i++) {
      double from = use.edgeSeconds(i - 1);
      double to = Math.min(end, use.edgeSeconds(i));
      double perSecond = (use.survival(i - 1) - use.survival(i)) / (use.edgeSeconds(i) - from);
      waited += perSecond * (to - from) * (end - (from + to) / 2);
    }
    return usdPerSecond * waited;
  }

  private static ExpectedCosts of(LevelTable table, NextUse use) {
    return ExpectedCosts.of(table, LowerEnvelope.of(table).descent(), use, Duration.ZERO);
  }
}
