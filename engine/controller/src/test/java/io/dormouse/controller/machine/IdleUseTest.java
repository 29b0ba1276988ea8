package io.dormouse.controller.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.InstanceStatus;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.Interruptibility;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IdleUseTest {
  private static final long SECOND_MICROS = 1_000_000;

  private final IdleUse use = new IdleUse();

  @Test
  void what_it_used_from_one_sample_to_the_next_without_a_task_is_its_idle_use() {
    Instance idle = instance("w-1", InstancePhase.IDLE, 0);

    sample(idle, "life", 0, 10, 7 * SECOND_MICROS);
    sample(idle, "life", 0, 15, 7 * SECOND_MICROS + 50_000);

    assertThat(use.of(idle)).isCloseTo(0.01, within(1e-9));
  }

  @Test
  void what_it_used_for_its_start_is_not() {
    sample(instance("w-1", InstancePhase.STARTING, 0), "life", 0, 5, SECOND_MICROS);
    Instance idle = instance("w-1", InstancePhase.IDLE, 7);
    sample(idle, "life", 0, 10, 4 * SECOND_MICROS);

    assertThat(use.of(idle)).isZero();
  }

  @Test
  void with_tasks_in_between_it_used_no_more_than_that() {
    Instance after = instance("w-1", InstancePhase.IDLE, 12);
    sample(instance("w-1", InstancePhase.BUSY, 9), "life", 0, 10, 4 * SECOND_MICROS);
    sample(after, "life", 0, 15, 5 * SECOND_MICROS);
    assertThat(use.of(after)).isCloseTo(0.2, within(1e-9));

    sample(instance("w-1", InstancePhase.IDLE, 17), "life", 0, 20, 5 * SECOND_MICROS + 500_000);
    assertThat(use.of(after)).as("less").isCloseTo(0.1, within(1e-9));

    sample(instance("w-1", InstancePhase.IDLE, 22), "life", 0, 25, 8 * SECOND_MICROS);
    assertThat(use.of(after)).as("a longer task").isCloseTo(0.1, within(1e-9));

    sample(instance("w-1", InstancePhase.IDLE, 22), "life", 0, 30, 9 * SECOND_MICROS);
    assertThat(use.of(after)).as("no task").isCloseTo(0.2, within(1e-9));
  }

  @Test
  void what_it_used_after_it_was_frozen_or_restored_is_measured_anew() {
    Instance idle = instance("w-1", InstancePhase.IDLE, 0);
    sample(idle, "life", 0, 10, 2 * SECOND_MICROS);
    sample(idle, "life", 12, 15, 4 * SECOND_MICROS);
    assertThat(use.of(idle)).as("thawed between the samples").isZero();

    sample(idle, "next life", 12, 20, 5 * SECOND_MICROS);
    assertThat(use.of(idle)).as("of another life").isZero();

    sample(idle, "next life", 12, 30, 5 * SECOND_MICROS + 100_000);
    assertThat(use.of(idle)).isCloseTo(0.01, within(1e-9));
  }

  @Test
  void samples_without_a_figure_or_close_together_or_of_a_counter_that_fell_tell_nothing() {
    Instance idle = instance("w-1", InstancePhase.IDLE, 0);

    sample(idle, "life", 0, 10, 2 * SECOND_MICROS);
    sample(idle, "life", 0, 11, 0);
    sample(idle, "life", 0, 20, SECOND_MICROS);
    assertThat(use.of(idle)).as("the counter fell").isZero();

    use.sampled(
        idle, sighting("life", 0, 2 * SECOND_MICROS), Instant.ofEpochSecond(20).plusMillis(100));
    assertThat(use.of(idle)).as("too close").isZero();
  }

  @Test
  void one_that_was_not_measured_is_taken_for_another_of_its_class_also_after_that_has_ended() {
    Instance known = instance("w-1", InstancePhase.IDLE, 0);
    sample(known, "life", 0, 10, SECOND_MICROS);
    sample(known, "life", 0, 20, 2 * SECOND_MICROS);

    use.forget(known.id());
    use.retain(Set.of());

    assertThat(use.of(instance("w-2", InstancePhase.IDLE, 0))).isCloseTo(0.1, within(1e-9));
  }

  private void sample(Instance instance, String life, long sinceSeconds, long at, long cpuMicros) {
    use.sampled(instance, sighting(life, sinceSeconds, cpuMicros), Instant.ofEpochSecond(at));
  }

  private static AgentRegistry.Sighting sighting(String life, long sinceSeconds, long cpuMicros) {
    InstanceStatus status =
        InstanceStatus.newBuilder()
            .setState(InstanceState.RUNNING)
            .setGeneration(life)
            .setCpuMicros(cpuMicros)
            .build();
    Instant since = Instant.ofEpochSecond(sinceSeconds);
    return new AgentRegistry.Sighting(status, since, since);
  }

  private static Instance instance(String id, InstancePhase phase, long sinceSeconds) {
    return new Instance(
        new InstanceId(id),
        new WorkloadClassId("class"),
        Optional.empty(),
        phase,
        HibernationLevel.AWAKE,
        Instant.ofEpochSecond(sinceSeconds),
        Resources.NONE,
        0,
        0,
        Interruptibility.IMMEDIATE);
  }
}
