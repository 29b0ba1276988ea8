package io.dormouse.engine.hibernation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Money;
import io.dormouse.engine.model.MoneyRate;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LowerEnvelopeTest {
  private static final double ROUNDING = 1 + 1e-9;

  @Property(tries = 2_000)
  void costsAtMostTwiceTheClairvoyantWhereEntriesAddUp(@ForAll long seed) {
    Random random = new Random(seed);
    LevelTable table = new RandomTables(random).additive();
    LowerEnvelope envelope = LowerEnvelope.of(table);

    assertThat(envelope.bound()).isLessThanOrEqualTo(2 * ROUNDING);
    assertThat(envelope.holdRatio()).isCloseTo(1, within(1e-9));
    assertThat(envelope.moveRatio()).isCloseTo(1, within(1e-9));
    assertNoGapBreaksTheBound(random, table, envelope);
  }

  @Property(tries = 2_000)
  void costsAtMostThreeAndTwoRootsOfTwoTimesTheClairvoyantInAnyTable(@ForAll long seed) {
    Random random = new Random(seed);
    LevelTable table = new RandomTables(random).general();
    LowerEnvelope envelope = LowerEnvelope.of(table);

    assertThat(envelope.bound()).isLessThanOrEqualTo(LowerEnvelope.BOUND_MAX * ROUNDING);
    assertNoGapBreaksTheBound(random, table, envelope);
  }

  /** The adversary ends the gap where it hurts most: right after a step; and anywhere else. */
  private static void assertNoGapBreaksTheBound(
      Random random, LevelTable table, LowerEnvelope envelope) {
    Descent descent = envelope.descent();
    for (int i = 0; i < descent.size(); i++) {
      assertBound(table, envelope, descent.ageSeconds(i));
      assertBound(table, envelope, descent.ageSeconds(i) * (1 - 1e-9));
    }
    for (int i = 0; i < 200; i++) {
      assertBound(table, envelope, StrictMath.pow(10, random.nextDouble() * 14 - 4));
    }
  }

  private static void assertBound(LevelTable table, LowerEnvelope envelope, double gap) {
    double best = cheapestOfAllStays(table, gap);
    assertThat(table.clairvoyantUsd(gap)).isCloseTo(best, within(best * 1e-9));
    assertThat(envelope.descent().costUsd(gap))
        .as("gap of %s s, %s", gap, envelope)
        .isLessThanOrEqualTo(envelope.bound() * best * ROUNDING + 1e-15);
  }

  /** By brute force over all ways down, each taken at once, and any stay on the way. */
  private static double cheapestOfAllStays(LevelTable table, double gap) {
    double best = Double.POSITIVE_INFINITY;
    for (int way = 1; way < 1 << table.size(); way += 2) {
      double entries = 0;
      int at = 0;
      for (int level = 1; level < table.size(); level++) {
        if ((way >> level & 1) == 1) {
          entries += table.entry(at, level).usd();
          at = level;
        }
      }
      LevelCost there = table.get(at);
      double held = there.holding().usdPerHour() / 3_600 * gap;
      best = Math.min(best, entries + held + there.wake().usd());
    }
    return best;
  }

  @Test
  void stepsWhereTheLinesMeetAndLeavesOutWhatNeverIsBest() {
    LevelTable table =
        LevelTable.of(
            List.of(
                level(HibernationLevel.AWAKE, 3_600, 0),
                level(HibernationLevel.L1_RETAINED, 1_800, 5),
                level(HibernationLevel.L2_DATA_SNAPSHOT, 1_700, 30),
                level(HibernationLevel.L3_FULL_SNAPSHOT, 360, 11),
                level(HibernationLevel.L4_KERNEL_SNAPSHOT, 400, 20)),
            (from, to) -> Money.ZERO);
    Descent descent = LowerEnvelope.of(table).descent();

    assertThat(levels(table, descent))
        .containsExactly(
            HibernationLevel.AWAKE,
            HibernationLevel.L1_RETAINED,
            HibernationLevel.L3_FULL_SNAPSHOT);
    assertThat(descent.ageSeconds(1)).isCloseTo(10, within(1e-9));
    assertThat(descent.ageSeconds(2)).isCloseTo(15, within(1e-9));
  }

  @Test
  void goesDownAtOnceWhereThatIsFree() {
    LevelTable table =
        LevelTable.of(
            List.of(level(HibernationLevel.AWAKE, 2, 0), level(HibernationLevel.L1_RETAINED, 1, 0)),
            (from, to) -> Money.ZERO);

    assertThat(LowerEnvelope.of(table).descent().levelAt(0)).isEqualTo(1);
  }

  @Test
  void staysAwakeWhereNothingCostsLess() {
    LevelTable table =
        LevelTable.of(
            List.of(level(HibernationLevel.AWAKE, 1, 0), level(HibernationLevel.L1_RETAINED, 1, 1)),
            (from, to) -> Money.ZERO);
    LowerEnvelope envelope = LowerEnvelope.of(table);

    assertThat(envelope.descent().levelAt(1e12)).isZero();
    assertThat(envelope.bound()).isEqualTo(1);
  }

  @Test
  void leavesLevelsOutOnlyWhereTheWayDownWouldCostTooMuch() {
    List<LevelCost> ladder =
        List.of(
            level(HibernationLevel.AWAKE, 16, 0),
            level(HibernationLevel.L1_RETAINED, 14, 0.1),
            level(HibernationLevel.L2_DATA_SNAPSHOT, 12, 0.21),
            level(HibernationLevel.L3_FULL_SNAPSHOT, 10, 0.33),
            level(HibernationLevel.L4_KERNEL_SNAPSHOT, 8, 0.46),
            level(HibernationLevel.TERMINATED, 0, 1.1));
    LowerEnvelope cheap = LowerEnvelope.of(LevelTable.of(ladder, (from, to) -> Money.ZERO));
    LowerEnvelope dear = LowerEnvelope.of(LevelTable.of(ladder, (from, to) -> new Money(2)));

    assertThat(cheap.descent().size()).isEqualTo(6);
    assertThat(dear.descent().size()).isEqualTo(2);
    assertThat(dear.bound()).isLessThanOrEqualTo(LowerEnvelope.BOUND_MAX);
  }

  private static List<HibernationLevel> levels(LevelTable table, Descent descent) {
    return IntStream.range(0, descent.size())
        .mapToObj(i -> table.get(descent.level(i)).level())
        .toList();
  }

  private static LevelCost level(HibernationLevel level, double usdPerHour, double wakeUsd) {
    return new LevelCost(
        level,
        new MoneyRate(usdPerHour),
        Duration.ZERO,
        new Money(wakeUsd),
        Money.ZERO,
        Duration.ZERO);
  }
}
