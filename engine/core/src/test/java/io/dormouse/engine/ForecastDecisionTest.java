package io.dormouse.engine;

import static io.dormouse.engine.Fixtures.CLASS;
import static io.dormouse.engine.Fixtures.GIB;
import static io.dormouse.engine.Fixtures.NOW;
import static io.dormouse.engine.Fixtures.asleep;
import static io.dormouse.engine.Fixtures.idle;
import static io.dormouse.engine.Fixtures.instance;
import static io.dormouse.engine.Fixtures.node;
import static io.dormouse.engine.Fixtures.workloadClass;
import static io.dormouse.engine.model.HibernationLevel.AWAKE;
import static io.dormouse.engine.model.HibernationLevel.L1_RETAINED;
import static io.dormouse.engine.model.HibernationLevel.L3_FULL_SNAPSHOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.hibernation.LevelCalibration;
import io.dormouse.engine.hibernation.NextUse;
import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.spi.NextUseForecaster;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How far a forecast is followed. Without one an idle instance would go to L3 after 11 minutes. */
class ForecastDecisionTest {
  private static final double TRUSTED = 0.25;

  private final SnapshotDelta.Builder cluster =
      SnapshotDelta.builder(NOW)
          .workloadClass(workloadClass().withArrival(NOW.minusSeconds(1_000)))
          .node(node("n1", 4 * GIB));

  /** The next use comes evenly spread between two times from now. */
  private record Known(double fromSeconds, double toSeconds, double trust)
      implements NextUseForecaster {
    @Override
    public NextUseForecaster observe(SnapshotDelta.Arrival arrival) {
      return this;
    }

    @Override
    public Optional<NextUse> nextUse(WorkloadClassId workloadClass, Instant now) {
      int size = 400;
      double[] edges = new double[size];
      double[] survival = new double[size];
      for (int i = 0; i < size; i++) {
        edges[i] = toSeconds * (i + 1) / size;
        double passed = (edges[i] - fromSeconds) / (toSeconds - fromSeconds);
        survival[i] = 1 - Math.max(0, Math.min(1, passed));
      }
      return Optional.of(NextUse.of(edges, survival, 0, trust));
    }

    @Override
    public String modelVersion() {
      return "known";
    }
  }

  private List<DecisionRecord> decide(NextUseForecaster nextUse) {
    return Engine.standard()
        .decide(
            ClusterSnapshot.empty(NOW).apply(cluster.build()),
            new Forecasts(nextUse, LevelCalibration.none()),
            EngineConfig.DEFAULT)
        .decisions();
  }

  private List<Action> actions(NextUseForecaster nextUse) {
    return decide(nextUse).stream().map(DecisionRecord::action).toList();
  }

  @Test
  void aFarUseSendsAnInstanceDownBeforeTheEnvelopeWould() {
    cluster.instance(idle("a", Duration.ofMinutes(5)));

    List<DecisionRecord> decisions = decide(new Known(7_200, 7_300, TRUSTED));
    assertThat(decisions)
        .extracting(DecisionRecord::action)
        .containsExactly(new Action.Hibernate(new InstanceId("a"), AWAKE, L3_FULL_SNAPSHOT));
    assertThat(decisions.get(0).reason())
        .contains("idle for 300 s, the next use is expected in 7250 s (trust 0.25)");
    assertThat(decisions.get(0).modelVersion()).isEqualTo("known");
    assertThat(actions(NextUseForecaster.none()))
        .containsExactly(new Action.Hibernate(new InstanceId("a"), AWAKE, L1_RETAINED));
  }

  @Test
  void butNotBeforeItsTrustAllows() {
    cluster.instance(idle("a", Duration.ofMinutes(1)));

    assertThat(actions(new Known(7_200, 7_300, TRUSTED)))
        .containsExactly(new Action.Hibernate(new InstanceId("a"), AWAKE, L1_RETAINED));
  }

  @Test
  void aNearUseKeepsAnInstanceUpLongerThanTheEnvelopeWould() {
    cluster.instance(idle("a", Duration.ofMinutes(20)));

    assertThat(actions(new Known(1, 2, TRUSTED)))
        .containsExactly(new Action.Hibernate(new InstanceId("a"), AWAKE, L1_RETAINED));
    assertThat(actions(NextUseForecaster.none()))
        .containsExactly(new Action.Hibernate(new InstanceId("a"), AWAKE, L3_FULL_SNAPSHOT));
  }

  @Test
  void butNoLongerThanItsTrustAllows() {
    cluster.instance(idle("a", Duration.ofHours(1)));

    assertThat(actions(new Known(1, 2, TRUSTED)))
        .containsExactly(new Action.Hibernate(new InstanceId("a"), AWAKE, L3_FULL_SNAPSHOT));
  }

  @Test
  void anInstanceThatTheNextTaskWillNotGetGoesByTheEnvelope() {
    cluster
        .instance(idle("first", Duration.ofMinutes(20)))
        .instance(idle("second", Duration.ofMinutes(21)));

    assertThat(actions(new Known(1, 2, TRUSTED)))
        .containsExactly(
            new Action.Hibernate(new InstanceId("second"), AWAKE, L3_FULL_SNAPSHOT),
            new Action.Hibernate(new InstanceId("first"), AWAKE, L1_RETAINED));
  }

  @Test
  void wakesAheadOfAnExpectedUse() {
    cluster.instance(asleep("a", L3_FULL_SNAPSHOT, Duration.ofMinutes(10)));

    List<DecisionRecord> decisions = decide(new Known(2, 20, TRUSTED));
    assertThat(decisions)
        .extracting(DecisionRecord::action)
        .containsExactly(new Action.Wake(new InstanceId("a"), L3_FULL_SNAPSHOT));
    assertThat(decisions.get(0).terms())
        .extracting(term -> term.name())
        .containsExactly("late_wakes_avoided", "held_early", "wake_busy");
  }

  @Test
  void doesNotWakeAheadWithoutReason() {
    cluster.instance(asleep("a", L3_FULL_SNAPSHOT, Duration.ofMinutes(10)));

    assertThat(actions(new Known(2, 20, 0.6))).isEmpty();
    assertThat(actions(new Known(600, 700, TRUSTED))).isEmpty();
    cluster.instance(instance("b", InstancePhase.WAKING, L1_RETAINED, Duration.ofSeconds(1)));
    assertThat(actions(new Known(2, 20, TRUSTED))).isEmpty();
  }

  @Test
  void startsAnInstanceAheadWhereTheClassHasNone() {
    assertThat(actions(new Known(5, 30, TRUSTED))).containsExactly(new Action.Start(CLASS));
    assertThat(actions(new Known(5_000, 6_000, TRUSTED))).isEmpty();
    cluster.instance(instance("b", InstancePhase.BUSY, AWAKE, Duration.ofSeconds(1)));
    assertThat(actions(new Known(5, 30, TRUSTED))).isEmpty();
  }
}
