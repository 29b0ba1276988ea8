package io.dormouse.cli.up.ledger;

import static io.dormouse.engine.model.HibernationLevel.AWAKE;
import static io.dormouse.engine.model.HibernationLevel.L1_RETAINED;
import static io.dormouse.engine.model.HibernationLevel.L2_DATA_SNAPSHOT;
import static io.dormouse.engine.model.HibernationLevel.L3_FULL_SNAPSHOT;
import static io.dormouse.engine.model.HibernationLevel.L4_KERNEL_SNAPSHOT;
import static io.dormouse.engine.model.HibernationLevel.TERMINATED;
import static io.dormouse.engine.model.InstancePhase.BUSY;
import static io.dormouse.engine.model.InstancePhase.ENDED;
import static io.dormouse.engine.model.InstancePhase.HIBERNATED;
import static io.dormouse.engine.model.InstancePhase.HIBERNATING;
import static io.dormouse.engine.model.InstancePhase.IDLE;
import static io.dormouse.engine.model.InstancePhase.STARTING;
import static io.dormouse.engine.model.InstancePhase.WAKING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableMap;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.MoneyRate;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.pricing.Dial;
import io.dormouse.engine.pricing.DialSetting;
import io.dormouse.engine.pricing.LevelModel;
import io.dormouse.engine.pricing.LinearSeconds;
import io.dormouse.engine.pricing.PricedModel;
import io.dormouse.engine.pricing.Prices;
import io.dormouse.engine.spi.WorkloadEvent;
import io.dormouse.engine.spi.WorkloadEvent.InstanceChanged;
import io.dormouse.engine.spi.WorkloadEvent.StateProved;
import io.dormouse.engine.spi.WorkloadEvent.TaskArrived;
import io.dormouse.engine.spi.WorkloadEvent.TaskDone;
import io.dormouse.engine.spi.WorkloadEvent.TaskLost;
import io.dormouse.engine.spi.WorkloadEvent.TaskStarted;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RunLedgerTest {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final InstanceId INSTANCE = new InstanceId("i-1");
  private static final WorkloadClassId CLASS = new WorkloadClassId("c");
  private static final Offset<Double> EXACT = within(1e-12);

  /** Round prices, so that each term can be told by its digits. */
  private static final Prices PRICES = new Prices(3600, 7200, 360, 36);

  private static final Duration WINDOW = Duration.ofSeconds(100);

  private final RunLedger ledger =
      new RunLedger("engine", model(3_600_000), Dial.QUICK, BEGIN, WINDOW);

  @Test
  void pricesHoldingInTraceTimeAndTransitionsInWallTime() {
    accept(instance(0, STARTING, AWAKE, 1));
    accept(instance(4, IDLE, AWAKE, 1));
    accept(instance(14, HIBERNATED, L1_RETAINED, 1));
    accept(instance(20, HIBERNATING, L1_RETAINED, 1));
    accept(instance(22, HIBERNATED, L3_FULL_SNAPSHOT, 0));
    accept(instance(52, WAKING, L3_FULL_SNAPSHOT, 1));
    accept(instance(53, IDLE, AWAKE, 1));
    accept(instance(63, ENDED, TERMINATED, 0));

    RunReport report = report(200);

    // 1 GiB at 1 USD per GiB and second: 10 + 6 + 10 s at rest, times 60
    assertThat(report.costs().memory()).isEqualTo(26 * 60.0, EXACT);
    // 1 GiB at 0.01 USD per GiB and second for 30 s, times 60
    assertThat(report.costs().storage()).isEqualTo(0.01 * 30 * 60, EXACT);
    // 4 + 2 + 1 s of a core at 2 USD and 1 GiB at 1 USD
    assertThat(report.costs().transitions()).isEqualTo(7 * 3.0, EXACT);
    assertThat(report.costs().waits()).isZero();
    assertThat(report.valueOrZero("memory_gib_seconds")).isEqualTo(4 + 10 + 6 + 2 + 1 + 10, EXACT);
    assertThat(report.valueOrZero("storage_gib_seconds")).isEqualTo(30, EXACT);
    assertThat(report.valueOrZero("cost")).isEqualTo(1560 + 18 + 21, within(1e-9));
  }

  @Test
  void thePinnedModelHasTheFiguresOfItsFile() {
    RunLedger pinned =
        new RunLedger("engine", PricedModel.reference(), Dial.BALANCED, BEGIN, WINDOW);
    pinned.accept(instance(0, STARTING, AWAKE, 2));
    pinned.accept(instance(10, HIBERNATED, L1_RETAINED, 2));
    pinned.accept(instance(20, HIBERNATED, L2_DATA_SNAPSHOT, 1));
    pinned.accept(instance(30, HIBERNATED, L3_FULL_SNAPSHOT, 0));
    pinned.accept(instance(40, HIBERNATED, L4_KERNEL_SNAPSHOT, 0));
    pinned.accept(instance(50, ENDED, TERMINATED, 0));

    Costs costs = pinned.report(at(200)).costs();

    assertThat(costs.transitions()).isEqualTo(10 * (0.04 + 2 * 0.005) / 3600, EXACT);
    assertThat(costs.memory()).isEqualTo(60 * (10 * 2 + 10 * 1) * 0.005 / 3600, EXACT);
    double object = 10 * 2 * (0.4 + 1 + 1) * 0.0001;
    double nvme = 10 * 2 * 0.00025;
    assertThat(costs.storage()).isEqualTo(60 * (object + nvme) / 3600, EXACT);
  }

  @Test
  void pricesWithTheModelItIsGiven() {
    PricedModel pinned = PricedModel.reference();
    Map<HibernationLevel, LevelModel> levels = new EnumMap<>(pinned.levels());
    levels.put(L3_FULL_SNAPSHOT, new LevelModel(LinearSeconds.ZERO, LinearSeconds.ZERO, 0, 0.5, 0));
    PricedModel halved =
        new PricedModel(
            PRICES, pinned.dials(), ImmutableMap.copyOf(levels), 3.6, 60, Duration.ofMinutes(10));
    RunLedger own = new RunLedger("engine", halved, Dial.BALANCED, BEGIN, WINDOW);
    own.accept(instance(0, IDLE, AWAKE, 1));
    own.accept(instance(0, HIBERNATED, L3_FULL_SNAPSHOT, 0));
    own.accept(instance(50, ENDED, TERMINATED, 0));

    // half of 1 GiB at 0.01 USD per GiB and second for 50 s, times 60
    assertThat(own.report(at(100)).costs().storage()).isEqualTo(0.5 * 0.01 * 50 * 60, EXACT);
    assertThat(own.report(at(100)).valueOrZero("storage_gib_seconds")).isEqualTo(25, EXACT);
  }

  @Test
  void whatWaitsForAPlaceCostsNothingYet() {
    accept(instance(0, STARTING, AWAKE, 0));
    accept(instance(10, STARTING, AWAKE, 1));
    accept(instance(12, ENDED, TERMINATED, 0));

    assertThat(report(100).costs().total()).isEqualTo(2 * 3.0, EXACT);
  }

  @Test
  void countsLevelsAndTimesStartsAndWakes() {
    accept(instance(0, STARTING, AWAKE, 1));
    accept(instance(6, BUSY, AWAKE, 1));
    accept(instance(7, IDLE, AWAKE, 1));
    for (int i = 0; i < 3; i++) {
      accept(instance(10 + 10 * i, HIBERNATED, L1_RETAINED, 1));
      accept(instance(12 + 10 * i, WAKING, L1_RETAINED, 1));
      accept(instance(12.1 + 10 * i + i, BUSY, AWAKE, 1));
      accept(instance(15 + 10 * i, IDLE, AWAKE, 1));
    }
    accept(instance(50, HIBERNATED, L1_RETAINED, 1));
    accept(instance(60, HIBERNATING, L1_RETAINED, 1));
    accept(instance(61, HIBERNATED, L3_FULL_SNAPSHOT, 1));
    accept(instance(61.5, HIBERNATED, L3_FULL_SNAPSHOT, 0));
    accept(instance(70, WAKING, L3_FULL_SNAPSHOT, 0));
    accept(instance(70.5, WAKING, L3_FULL_SNAPSHOT, 1));
    accept(instance(72, IDLE, AWAKE, 1));

    RunReport report = report(100);

    assertThat(report.metrics())
        .containsEntry("cold_starts", 1)
        .containsEntry("cold_start_p50_seconds", 6.0)
        .containsEntry("hibernations_l1", 4)
        .containsEntry("hibernations_l2", null)
        .containsEntry("hibernations_l3", 1)
        .containsEntry("wakes_l1", 3)
        .containsEntry("wakes_l3", 1)
        .containsEntry("wakes_l4", null)
        .containsEntry("wake_l3_p50_seconds", 2.0)
        .containsEntry("wake_l4_p50_seconds", null);
    assertThat(report.valueOrZero("wake_l1_p50_seconds")).isEqualTo(1.1, within(1e-6));
    assertThat(report.valueOrZero("wake_l1_p99_seconds")).isEqualTo(2.1, within(1e-6));
  }

  @Test
  void eachDeeperLevelIsAHibernationOfItsOwn() {
    accept(instance(0, STARTING, AWAKE, 1));
    accept(instance(1, IDLE, AWAKE, 1));
    accept(instance(2, HIBERNATED, L1_RETAINED, 1));
    accept(instance(3, HIBERNATED, L3_FULL_SNAPSHOT, 1));
    accept(instance(4, HIBERNATED, L3_FULL_SNAPSHOT, 0));

    assertThat(report(100).metrics())
        .containsEntry("hibernations_l1", 1)
        .containsEntry("hibernations_l3", 1);
  }

  @Test
  void aFailedHibernationIsNoHibernationAndAFailedWakeNoWake() {
    accept(instance(0, STARTING, AWAKE, 1));
    accept(instance(1, IDLE, AWAKE, 1));
    accept(instance(2, HIBERNATING, AWAKE, 1));
    accept(instance(3, IDLE, AWAKE, 1));
    accept(instance(4, HIBERNATED, L3_FULL_SNAPSHOT, 0));
    accept(instance(5, WAKING, L3_FULL_SNAPSHOT, 0));
    accept(instance(6, HIBERNATED, L3_FULL_SNAPSHOT, 0));

    RunReport report = report(100);

    assertThat(report.metrics()).containsEntry("wakes_l3", null).containsEntry("cold_starts", 1);
  }

  @Test
  void chargesOneWaitPerGapAndNotTheFirst() {
    ran("t1", 0, 9, 9.5);
    ran("t2", 3, 9.5, 10);
    ran("t3", 20, 22, 22.1);
    ran("t4", 21, 22.1, 22.2);
    ran("t5", 50, 50.5, 50.6);

    RunReport report = report(100);

    // 1,000 USD a second: t1 and t2 are the first wait, t3 and t4 one of 2 s, t5 one of 0.5 s
    assertThat(report.costs().waits()).isEqualTo(2500, within(1e-6));
    assertThat(report.metrics())
        .containsEntry("tasks", 5)
        .containsEntry("tasks_lost", 0)
        .containsEntry("wait_p50_seconds", 2.0)
        .containsEntry("wait_p95_seconds", 9.0);
  }

  @Test
  void boundsTheSlowdownOfShortTasks() {
    ran("t1", 0, 15, 20);
    ran("t2", 30, 30, 31);
    ran("t3", 40, 60, 80);

    // 20 / 10, 1, 40 / 20
    assertThat(report(100).metrics()).containsEntry("bounded_slowdown_mean", (2 + 1 + 2) / 3.0);
  }

  @Test
  void missingTasksAreLostAndSecondRunsCounted() {
    ledger.submitted(new TaskId("t0"));
    ran("t1", 0, 1, 2);
    accept(new TaskDone(at(3), new TaskId("t1"), INSTANCE, true));
    ran("t2", 5, 6, 7);
    accept(new TaskDone(at(8), new TaskId("t2"), INSTANCE, false));
    accept(new TaskLost(at(9), new TaskId("t3"), "gone"));

    RunReport report = report(100);

    assertThat(report.metrics())
        .containsEntry("tasks", 4)
        .containsEntry("tasks_lost", 2)
        .containsEntry("double_runs", 1);
    assertThat(report.isSound()).isFalse();
    assertThat(ledger.settledTasks()).isEqualTo(3);
  }

  @Test
  void isSoundOnlyWhenEveryWakeWasProved() {
    accept(instance(0, STARTING, AWAKE, 1));
    accept(instance(1, IDLE, AWAKE, 1));
    accept(instance(2, HIBERNATED, L1_RETAINED, 1));
    accept(instance(3, WAKING, L1_RETAINED, 1));
    accept(instance(4, IDLE, AWAKE, 1));
    assertThat(report(100).metrics()).containsEntry("state_mismatches", null);
    assertThat(report(100).isSound()).isFalse();

    accept(new StateProved(at(5), INSTANCE, Optional.empty()));
    assertThat(report(100).metrics()).containsEntry("state_mismatches", 0);
    assertThat(report(100).isSound()).isTrue();

    accept(new StateProved(at(6), INSTANCE, Optional.of("the counter is 2, not 3")));
    assertThat(report(100).isSound()).isFalse();
    assertThat(ledger.mismatches()).containsExactly("i-1: the counter is 2, not 3");
  }

  @Test
  void nothingOutsideTheWindowIsHeld() {
    accept(instance(-10, IDLE, AWAKE, 1));

    assertThat(report(50).valueOrZero("memory_gib_seconds")).isEqualTo(50, EXACT);
    assertThat(report(500).valueOrZero("memory_gib_seconds")).isEqualTo(100, EXACT);
  }

  @Test
  void whatWasNotExercisedIsNull() {
    assertThat(report(100).metrics())
        .containsEntry("chains", null)
        .containsEntry("checkpoints", null)
        .containsEntry("storage_gib_seconds", null)
        .containsEntry("wait_p50_seconds", null)
        .containsEntry("bounded_slowdown_mean", null)
        .containsEntry("cold_start_p50_seconds", null)
        .containsEntry("hibernations_l1", null);
  }

  private static PricedModel model(double waitingUsdPerHour) {
    PricedModel pinned = PricedModel.reference();
    Map<Dial, DialSetting> dials = new EnumMap<>(pinned.dials());
    dials.put(Dial.QUICK, new DialSetting(1, new MoneyRate(waitingUsdPerHour)));
    return new PricedModel(
        PRICES, ImmutableMap.copyOf(dials), pinned.levels(), 3.6, 60, Duration.ofMinutes(10));
  }

  private RunReport report(double second) {
    return ledger.report(at(second));
  }

  private void ran(String task, double arrived, double started, double done) {
    TaskId id = new TaskId(task);
    accept(new TaskArrived(at(arrived), id, CLASS));
    accept(new TaskStarted(at(started), id, INSTANCE));
    accept(new TaskDone(at(done), id, INSTANCE, false));
  }

  private void accept(WorkloadEvent event) {
    ledger.accept(event);
  }

  private static InstanceChanged instance(
      double second, InstancePhase phase, HibernationLevel level, int gib) {
    return new InstanceChanged(at(second), INSTANCE, CLASS, phase, level, (long) gib << 30, "test");
  }

  private static Instant at(double second) {
    return BEGIN.plusNanos(Math.round(second * 1e9));
  }
}
