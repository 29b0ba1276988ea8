package io.dormouse.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.plan.Action;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing is decided that no agent can do. */
class ReachTest {
  private static final ImmutableSet<HibernationLevel> FREEZE =
      ImmutableSet.of(HibernationLevel.L1_RETAINED);
  private static final ImmutableSet<HibernationLevel> NOTHING = ImmutableSet.of();
  private static final ImmutableSet<HibernationLevel> ALL =
      ImmutableSet.of(HibernationLevel.L1_RETAINED, HibernationLevel.L3_FULL_SNAPSHOT);

  private static List<Action> decide(Instance instance, String... tasks) {
    SnapshotDelta.Builder delta =
        SnapshotDelta.builder(Fixtures.NOW)
            .node(Fixtures.node("n1", 4 * Fixtures.GIB))
            .workloadClass(Fixtures.workloadClass())
            .instance(instance);
    for (String task : tasks) {
      delta.queued(Fixtures.task(task));
    }
    ClusterSnapshot snapshot = ClusterSnapshot.empty(Fixtures.NOW).apply(delta.build());
    return Engine.standard()
        .decide(snapshot, Forecasts.NONE, EngineConfig.DEFAULT)
        .decisions()
        .stream()
        .map(decision -> decision.action())
        .toList();
  }

  private static Optional<HibernationLevel> target(
      ImmutableSet<HibernationLevel> reachable, Duration idleFor) {
    return decide(Fixtures.idle("i1", idleFor).withReachable(reachable)).stream()
        .map(action -> ((Action.Hibernate) action).to())
        .findFirst();
  }

  @ParameterizedTest
  @ValueSource(ints = {60, 600, 3_600, 36_000, 360_000, 3_600_000})
  void an_instance_goes_no_further_than_its_agent_can_take_it(int idleSeconds) {
    Duration idleFor = Duration.ofSeconds(idleSeconds);

    assertThat(target(FREEZE, idleFor))
        .isNotEqualTo(Optional.of(HibernationLevel.L3_FULL_SNAPSHOT));
    assertThat(target(NOTHING, idleFor))
        .satisfiesAnyOf(
            none -> assertThat(none).isEmpty(),
            end -> assertThat(end).contains(HibernationLevel.TERMINATED));
  }

  @Test
  void what_can_go_to_an_image_does_where_what_can_only_freeze_ends() {
    Duration idleFor =
        List.of(60, 600, 3_600, 36_000, 360_000).stream()
            .map(Duration::ofSeconds)
            .filter(age -> target(ALL, age).equals(Optional.of(HibernationLevel.L3_FULL_SNAPSHOT)))
            .findFirst()
            .orElseThrow();

    assertThat(target(FREEZE, idleFor))
        .isPresent()
        .isNotEqualTo(Optional.of(HibernationLevel.L3_FULL_SNAPSHOT));
  }

  @Test
  void an_image_that_nobody_can_restore_does_not_keep_a_task_waiting() {
    Instance asleep =
        Fixtures.asleep("i1", HibernationLevel.L3_FULL_SNAPSHOT, Duration.ofMinutes(5));

    assertThat(decide(asleep, "t1"))
        .containsExactly(new Action.Wake(asleep.id(), HibernationLevel.L3_FULL_SNAPSHOT));
    assertThat(decide(asleep.withReachable(FREEZE), "t1"))
        .containsExactly(new Action.Start(Fixtures.CLASS));
  }
}
