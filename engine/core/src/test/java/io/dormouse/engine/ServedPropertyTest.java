package io.dormouse.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.engine.hibernation.LevelCalibration;
import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.model.WorkloadClass;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.pricing.Dial;
import java.time.Duration;
import java.util.Optional;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.assertj.core.api.AbstractListAssert;

/** However long its instances take, a task that waits is served where there is room for it. */
class ServedPropertyTest {
  private static final long LONGEST_MILLIS = 1_000_000_000;

  @Property
  void aTaskThatWaitsIsServed(
      @ForAll Dial dial,
      @ForAll @LongRange(max = LONGEST_MILLIS) long horizonMillis,
      @ForAll @LongRange(max = LONGEST_MILLIS) long startMillis,
      @ForAll @LongRange(max = LONGEST_MILLIS) long wakeMillis,
      @ForAll boolean asleep) {
    EngineConfig config =
        EngineConfig.DEFAULT.withDial(dial).withDemandHorizon(Duration.ofMillis(horizonMillis));
    LevelCalibration measured =
        LevelCalibration.none()
            .withWake(
                Fixtures.CLASS,
                HibernationLevel.L3_FULL_SNAPSHOT,
                Duration.ofMillis(wakeMillis),
                1);

    assertThatActions(config, measured, startMillis, asleep)
        .hasSize(1)
        .allMatch(action -> !(action instanceof Action.Hibernate));
  }

  @Example
  void aStartOfTwentyMinutesIsWorthIt() {
    assertThatActions(EngineConfig.DEFAULT, LevelCalibration.none(), 20 * 60_000, false)
        .containsExactly(new Action.Start(Fixtures.CLASS));
  }

  private static AbstractListAssert<?, ?, Action, ?> assertThatActions(
      EngineConfig config, LevelCalibration measured, long startMillis, boolean asleep) {
    SnapshotDelta.Builder delta =
        SnapshotDelta.builder(Fixtures.NOW)
            .node(Fixtures.node("n1", 4 * Fixtures.GIB))
            .workloadClass(
                new WorkloadClass(
                    Fixtures.CLASS,
                    Fixtures.REQUEST,
                    Optional.of(Duration.ofMillis(startMillis)),
                    Optional.empty()))
            .queued(Fixtures.task("t1"));
    if (asleep) {
      delta.instance(
          Fixtures.asleep("i1", HibernationLevel.L3_FULL_SNAPSHOT, Duration.ofMinutes(5)));
    }
    ClusterSnapshot snapshot = ClusterSnapshot.empty(Fixtures.NOW).apply(delta.build());
    return assertThat(
        Engine.standard()
            .decide(snapshot, Forecasts.NONE.withLevels(measured), config)
            .decisions()
            .stream()
            .<Action>map(decision -> decision.action())
            .toList());
  }
}
