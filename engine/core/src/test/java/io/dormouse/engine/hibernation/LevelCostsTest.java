package io.dormouse.engine.hibernation;

import static io.dormouse.engine.Fixtures.CLASS;
import static io.dormouse.engine.Fixtures.GIB;
import static io.dormouse.engine.Fixtures.workloadClass;
import static io.dormouse.engine.model.HibernationLevel.AWAKE;
import static io.dormouse.engine.model.HibernationLevel.L1_RETAINED;
import static io.dormouse.engine.model.HibernationLevel.L2_DATA_SNAPSHOT;
import static io.dormouse.engine.model.HibernationLevel.L3_FULL_SNAPSHOT;
import static io.dormouse.engine.model.HibernationLevel.L4_KERNEL_SNAPSHOT;
import static io.dormouse.engine.model.HibernationLevel.TERMINATED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dormouse.engine.EngineConfig;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.pricing.Dial;
import java.time.Duration;
import java.util.EnumSet;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The expected figures are worked out by hand from the pinned model, for 2 GiB. */
class LevelCostsTest {
  private static final Offset<Double> ROUNDING = within(1e-9);
  private static final EngineConfig ALL =
      EngineConfig.DEFAULT.withLevels(EnumSet.allOf(HibernationLevel.class));

  private static LevelTable table(EngineConfig config, LevelCalibration calibration) {
    return new LevelCosts(config, calibration, 1).table(workloadClass(), 2 * GIB, 0.01);
  }

  private static LevelCost cost(LevelTable table, HibernationLevel level) {
    return table.get(table.indexOf(level));
  }

  @Test
  void pricesHoldingByThePinnedModel() {
    LevelTable table = table(ALL, LevelCalibration.none());

    assertThat(holding(table, AWAKE)).isCloseTo(0.01 + 0.0004, ROUNDING);
    assertThat(holding(table, L1_RETAINED)).isCloseTo(0.01, ROUNDING);
    assertThat(holding(table, L2_DATA_SNAPSHOT)).isCloseTo(0.006 + 0.00008, ROUNDING);
    assertThat(holding(table, L3_FULL_SNAPSHOT)).isCloseTo(0.0002, ROUNDING);
    assertThat(holding(table, L4_KERNEL_SNAPSHOT)).isCloseTo(0.0002 + 0.0005, ROUNDING);
    assertThat(holding(table, TERMINATED)).isZero();
  }

  @Test
  void ordersLevelsByHoldingRateNotByNumber() {
    assertThat(table(ALL, LevelCalibration.none()).levels())
        .extracting(LevelCost::level)
        .containsExactly(
            AWAKE, L1_RETAINED, L2_DATA_SNAPSHOT, L4_KERNEL_SNAPSHOT, L3_FULL_SNAPSHOT, TERMINATED);
  }

  @Test
  void scarceMemoryIsWorthNoMoreThanTheWaitingForIt() {
    double plain = 0.01;

    assertThat(heldAtL1(1, 4)).isCloseTo(4 * plain, ROUNDING);
    assertThat(heldAtL1(60, 4)).isCloseTo(60 * 4 * plain, ROUNDING);
    assertThat(heldAtL1(60, 64)).isCloseTo(60 * plain + 2 * 1, ROUNDING);
  }

  private static double heldAtL1(double timeScale, double memoryPriceFactor) {
    LevelCosts costs =
        new LevelCosts(ALL.withTimeScale(timeScale), LevelCalibration.none(), memoryPriceFactor);
    return costs.level(workloadClass(), 2 * GIB, L1_RETAINED).holding().usdPerHour();
  }

  @Test
  void pricesWakesByWaitingAndTheBusyCoreAndMemory() {
    LevelTable table = table(ALL, LevelCalibration.none());
    LevelCost l3 = cost(table, L3_FULL_SNAPSHOT);
    LevelCost terminated = cost(table, TERMINATED);

    assertThat(l3.wakeLatency()).isEqualTo(Duration.ofMillis(4_200));
    assertThat(l3.wakeWait().usd()).isCloseTo(4.2 / 3_600, ROUNDING);
    assertThat(l3.wakeBusy().usd()).isCloseTo(4.2 / 3_600 * 0.05, ROUNDING);
    assertThat(terminated.wakeLatency()).isEqualTo(Duration.ofSeconds(4));
    assertThat(cost(table, AWAKE).wake().usd()).isZero();
  }

  @Test
  void pricesEntriesByTheBusyCoreAndMemory() {
    LevelTable table = table(ALL, LevelCalibration.none());

    assertThat(entry(table, AWAKE, L1_RETAINED)).isZero();
    assertThat(entry(table, AWAKE, L3_FULL_SNAPSHOT)).isCloseTo(4.1 / 3_600 * 0.05, ROUNDING);
    assertThat(entry(table, L1_RETAINED, L3_FULL_SNAPSHOT)).isCloseTo(4.1 / 3_600 * 0.05, ROUNDING);
    assertThat(entry(table, L3_FULL_SNAPSHOT, TERMINATED)).isZero();
  }

  @Test
  void measuresOverrideFormulas() {
    LevelCalibration measured =
        LevelCalibration.none()
            .withWake(CLASS, L3_FULL_SNAPSHOT, Duration.ofMillis(700), 0.7)
            .withWake(CLASS, TERMINATED, Duration.ofSeconds(9), 9)
            .withEntry(CLASS, L3_FULL_SNAPSHOT, Duration.ofSeconds(36), 36);
    LevelTable table = table(ALL, measured);

    assertThat(cost(table, L3_FULL_SNAPSHOT).wakeLatency()).isEqualTo(Duration.ofMillis(700));
    assertThat(cost(table, TERMINATED).wakeLatency()).isEqualTo(Duration.ofSeconds(9));
    assertThat(entry(table, AWAKE, L3_FULL_SNAPSHOT)).isCloseTo(0.01 * 0.05, ROUNDING);
  }

  @Test
  void aClassWithoutMeasuresGoesByTheFormulaTimesWhatOthersTookOfTheirs() {
    LevelTable formulas = table(ALL, LevelCalibration.none());
    LevelCalibration others = LevelCalibration.none();
    for (String other : new String[] {"a", "b", "c"}) {
      WorkloadClassId id = new WorkloadClassId(other);
      others =
          others
              .withWake(id, L3_FULL_SNAPSHOT, Duration.ofSeconds(2), 1)
              .withEntry(id, L3_FULL_SNAPSHOT, Duration.ofSeconds(3), 1);
    }
    LevelTable pooled = table(ALL, others);
    double formula = cost(formulas, L3_FULL_SNAPSHOT).wakeLatency().toNanos() / 1e9;
    Duration half = cost(formulas, L3_FULL_SNAPSHOT).wakeLatency().dividedBy(2);
    LevelTable own = table(ALL, others.withWake(CLASS, L3_FULL_SNAPSHOT, half, formula));

    assertThat(cost(pooled, L3_FULL_SNAPSHOT).wakeLatency().toNanos() / 1e9)
        .isCloseTo(2 * formula, ROUNDING);
    assertThat(entry(pooled, AWAKE, L3_FULL_SNAPSHOT))
        .isCloseTo(3 * entry(formulas, AWAKE, L3_FULL_SNAPSHOT), ROUNDING);
    assertThat(cost(own, L3_FULL_SNAPSHOT).wakeLatency().toNanos() / 1e9)
        .isCloseTo(formula, ROUNDING);
  }

  @Test
  void holdingRunsInTraceTimeAndWaitingInWallTime() {
    LevelTable table = table(ALL.withTimeScale(60), LevelCalibration.none());

    assertThat(holding(table, AWAKE)).isCloseTo(60 * 0.0104, ROUNDING);
    assertThat(cost(table, L3_FULL_SNAPSHOT).wakeWait().usd()).isCloseTo(4.2 / 3_600, ROUNDING);
    assertThat(entry(table, AWAKE, L3_FULL_SNAPSHOT)).isCloseTo(4.1 / 3_600 * 0.05, ROUNDING);
  }

  @Test
  void theDialScalesTheValueOfWaiting() {
    LevelTable swift = table(ALL.withDial(Dial.SWIFT), LevelCalibration.none());

    assertThat(cost(swift, L3_FULL_SNAPSHOT).wakeWait().usd())
        .isCloseTo(10 * 4.2 / 3_600, ROUNDING);
  }

  @Test
  void scarceMemoryCostsMoreWhereItIsHeld() {
    LevelTable table =
        new LevelCosts(ALL, LevelCalibration.none(), 3).table(workloadClass(), 2 * GIB, 0.01);

    assertThat(holding(table, AWAKE)).isCloseTo(0.03 + 0.0004, ROUNDING);
    assertThat(holding(table, L2_DATA_SNAPSHOT)).isCloseTo(0.018 + 0.00008, ROUNDING);
    assertThat(holding(table, L3_FULL_SNAPSHOT)).isCloseTo(0.0002, ROUNDING);
    assertThatThrownBy(() -> new LevelCosts(ALL, LevelCalibration.none(), 0.5))
        .hasMessageContaining("memoryPriceFactor (0.5)");
  }

  @Test
  void levelsThatTheHostHasNotAreLeftOut() {
    LevelTable table = table(EngineConfig.DEFAULT, LevelCalibration.none());

    assertThat(table.indexOf(L2_DATA_SNAPSHOT)).isEqualTo(-1);
    assertThat(table.size()).isEqualTo(4);
  }

  @Test
  void sizesAreRoundedByLittle() {
    for (long bytes = 1; bytes < 1L << 50; bytes = bytes * 21 / 20 + 1) {
      assertThat(PricedLevels.roundUp(bytes)).isBetween(bytes, bytes + bytes / 25 + 1);
    }
    assertThat(PricedLevels.roundUp(0)).isZero();
    assertThat(PricedLevels.roundUp(512L << 20)).isEqualTo(512L << 20);
    for (double fraction = 1e-6; fraction < 8; fraction *= 1.01) {
      assertThat(PricedLevels.roundDown(fraction)).isBetween(fraction * 0.93, fraction);
    }
    assertThat(PricedLevels.roundDown(0)).isZero();
  }

  private static double holding(LevelTable table, HibernationLevel level) {
    return cost(table, level).holding().usdPerHour();
  }

  private static double entry(LevelTable table, HibernationLevel from, HibernationLevel to) {
    return table.entry(table.indexOf(from), table.indexOf(to)).usd();
  }
}
