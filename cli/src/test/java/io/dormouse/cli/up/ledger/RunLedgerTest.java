package io.dormouse.cli.up.ledger;

import static io.dormouse.engine.model.HibernationLevel.AWAKE;
import static io.dormouse.engine.model.HibernationLevel.L1_RETAINED;
import static io.dormouse.engine.model.HibernationLevel.L3_FULL_SNAPSHOT;
import static io.dormouse.engine.model.InstancePhase.BUSY;
import static io.dormouse.engine.model.InstancePhase.HIBERNATED;
import static io.dormouse.engine.model.InstancePhase.HIBERNATING;
import static io.dormouse.engine.model.InstancePhase.IDLE;
import static io.dormouse.engine.model.InstancePhase.STARTING;
import static io.dormouse.engine.model.InstancePhase.WAKING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.spi.WorkloadEvent.StateProved;
import io.dormouse.engine.spi.WorkloadEvent.TaskDone;
import io.dormouse.engine.spi.WorkloadEvent.TaskLost;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunLedgerTest extends LedgerCase {
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
}
