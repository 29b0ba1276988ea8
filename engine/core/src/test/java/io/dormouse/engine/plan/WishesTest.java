package io.dormouse.engine.plan;

import static io.dormouse.engine.Fixtures.GIB;
import static io.dormouse.engine.Fixtures.NOW;
import static io.dormouse.engine.Fixtures.asleep;
import static io.dormouse.engine.Fixtures.idle;
import static io.dormouse.engine.Fixtures.instance;
import static io.dormouse.engine.Fixtures.node;
import static io.dormouse.engine.Fixtures.with;
import static io.dormouse.engine.Fixtures.workloadClass;
import static io.dormouse.engine.model.HibernationLevel.AWAKE;
import static io.dormouse.engine.model.HibernationLevel.L1_RETAINED;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.engine.Engine;
import io.dormouse.engine.EngineConfig;
import io.dormouse.engine.Forecasts;
import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.Interruptibility;
import io.dormouse.engine.model.Node;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.SnapshotDelta;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WishesTest {
  private static final Action.Move MOVE = new Action.Move(new InstanceId("i"), new NodeId("n2"));

  private final SnapshotDelta.Builder cluster =
      SnapshotDelta.builder(NOW)
          .workloadClass(workloadClass())
          .node(node("n1", GIB))
          .node(node("n2", GIB));
  private EngineConfig config = EngineConfig.DEFAULT;

  private Ruling ruling(Instance... instances) {
    for (Instance each : instances) {
      cluster.instance(each);
    }
    ClusterSnapshot snapshot = ClusterSnapshot.empty(NOW).apply(cluster.build());
    return Engine.standard().decide(snapshot, Forecasts.NONE, config, MOVE, "maintenance");
  }

  private String refusal(Instance... instances) {
    return ((Ruling.Refused) ruling(instances)).reason();
  }

  @Test
  void anIdleInstanceMovesAlsoSoonAfterItsLastTask() {
    DecisionRecord decision = ((Ruling.Granted) ruling(idle("i", Duration.ZERO))).decision();

    assertThat(decision.action()).isEqualTo(MOVE);
    assertThat(decision.reason()).isEqualTo("by hand: maintenance");
    assertThat(decision.id()).isEqualTo("w-1");
  }

  @Test
  void whatIsNotIdleStays() {
    assertThat(refusal()).isEqualTo("there is no such instance");
    assertThat(refusal(instance("i", InstancePhase.BUSY, AWAKE, Duration.ZERO)))
        .isEqualTo("it is busy with a task");
    assertThat(refusal(asleep("i", L1_RETAINED, Duration.ZERO)))
        .isEqualTo("it is HIBERNATED at level L1_RETAINED");
    assertThat(refusal(with(idle("i", Duration.ZERO), Interruptibility.NON_INTERRUPTIBLE)))
        .isEqualTo("it must not be interrupted");
  }

  @Test
  void thereMustBeRoomAtThatNode() {
    cluster.node(node("n2", GIB / 4));

    assertThat(refusal(idle("i", Duration.ZERO))).startsWith("there is no room for it at n2");
  }

  @Test
  void thatNodeMustBeHealthy() {
    Node well = node("n2", GIB);
    cluster.node(new Node(well.id(), well.pool(), well.capacity(), well.allocated(), false));

    assertThat(refusal(idle("i", Duration.ZERO))).isEqualTo("n2 is not healthy");
  }

  @Test
  void aNodeMovesNoMoreImagesAtATimeThanItMay() {
    config = config.withBudgets(new Budgets(9, 9, 9, 9, 1));

    assertThat(
            refusal(
                idle("i", Duration.ZERO),
                instance("other", InstancePhase.HIBERNATING, AWAKE, Duration.ZERO)))
        .isEqualTo("as many images move at its node as may at a time");
  }
}
