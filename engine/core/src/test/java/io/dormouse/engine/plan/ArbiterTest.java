package io.dormouse.engine.plan;

import static io.dormouse.engine.Fixtures.CLASS;
import static io.dormouse.engine.Fixtures.GIB;
import static io.dormouse.engine.Fixtures.NOW;
import static io.dormouse.engine.Fixtures.idle;
import static io.dormouse.engine.Fixtures.instance;
import static io.dormouse.engine.Fixtures.node;
import static io.dormouse.engine.Fixtures.workloadClass;
import static io.dormouse.engine.model.HibernationLevel.AWAKE;
import static io.dormouse.engine.model.HibernationLevel.L1_RETAINED;
import static io.dormouse.engine.model.HibernationLevel.L3_FULL_SNAPSHOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import io.dormouse.engine.Cycle;
import io.dormouse.engine.EngineConfig;
import io.dormouse.engine.Forecasts;
import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.explain.Term;
import io.dormouse.engine.explain.Terms;
import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.Money;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.SnapshotDelta;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ArbiterTest {
  private static final NodeId NODE = new NodeId("n1");

  private final SnapshotDelta.Builder cluster =
      SnapshotDelta.builder(NOW).workloadClass(workloadClass());

  private Plan arbitrate(EngineConfig config, Proposal... proposals) {
    ClusterSnapshot snapshot = ClusterSnapshot.empty(NOW).apply(cluster.build());
    return Arbiter.arbitrate(new Cycle(snapshot, Forecasts.NONE, config), List.of(proposals));
  }

  private static Proposal down(String id, double benefit, double cost) {
    return proposal(
        new Action.Hibernate(new InstanceId(id), AWAKE, L3_FULL_SNAPSHOT),
        Resources.NONE,
        Optional.of(NODE),
        benefit,
        cost);
  }

  private static Proposal start(double benefit, long bytes) {
    return proposal(new Action.Start(CLASS), Resources.of(0, bytes), Optional.empty(), benefit, 0);
  }

  private static Proposal proposal(
      Action action, Resources needs, Optional<NodeId> node, double benefit, double cost) {
    return new Proposal(
        action,
        CLASS,
        needs,
        node,
        Terms.of(new Term("benefit", new Money(benefit)), new Term("cost", new Money(-cost))),
        () -> new Proposal.Why("because", ImmutableList.of()));
  }

  private static List<Action> taken(Plan plan) {
    return plan.decisions().stream().map(DecisionRecord::action).toList();
  }

  @Test
  void takesTheMostValuableActionOfEachInstance() {
    Proposal poor = down("a", 1, 0);
    Proposal good =
        proposal(
            new Action.Hibernate(new InstanceId("a"), AWAKE, L1_RETAINED),
            Resources.NONE,
            Optional.empty(),
            2,
            0);
    Plan plan = arbitrate(EngineConfig.DEFAULT, poor, good);

    assertThat(taken(plan)).containsExactly(good.action());
  }

  @Test
  void takesOnlyWhatIsWorthItsDisruptionByTheDial() {
    Plan plan = arbitrate(EngineConfig.DEFAULT, down("a", 1.24, 1), down("b", 1.26, 1));

    assertThat(taken(plan)).containsExactly(down("b", 0, 0).action());
  }

  @Test
  void givesScarceMemoryToTheGreatestValuePerByte() {
    cluster.node(node("n1", GIB));
    Proposal large = start(3, GIB);
    Proposal small = start(2, GIB / 2);
    Plan plan = arbitrate(EngineConfig.DEFAULT, large, small, small);

    assertThat(plan.decisions()).hasSize(2);
    assertThat(plan.decisions()).allSatisfy(it -> assertThat(it.terms().net().usd()).isEqualTo(2));
  }

  @Test
  void roomMustBeOnOneNode() {
    cluster.node(node("n1", GIB / 2)).node(node("n2", GIB / 2));
    Plan plan = arbitrate(EngineConfig.DEFAULT, start(1, GIB));

    assertThat(plan.decisions()).isEmpty();
  }

  @Test
  void keepsTheBudgetOfTheRoundAndOfTheClass() {
    EngineConfig round = EngineConfig.DEFAULT.withBudgets(new Budgets(1, 1, 1, 9, 9));
    EngineConfig perClass = EngineConfig.DEFAULT.withBudgets(new Budgets(9, 9, 9, 1, 9));

    Proposal better = down("b", 2, 0);
    assertThat(taken(arbitrate(EngineConfig.DEFAULT, down("a", 1, 0), better))).hasSize(2);
    assertThat(taken(arbitrate(round, down("a", 1, 0), better))).containsExactly(better.action());
    assertThat(taken(arbitrate(perClass, down("a", 1, 0), better)))
        .containsExactly(better.action());
  }

  @Test
  void aNodeMovesNoMoreImagesAtATimeThanItMay() {
    cluster.instance(instance("moving", InstancePhase.HIBERNATING, AWAKE, Duration.ofSeconds(1)));
    EngineConfig config = EngineConfig.DEFAULT.withBudgets(new Budgets(9, 9, 9, 9, 2));
    Plan plan = arbitrate(config, down("a", 2, 0), down("b", 1, 0));

    assertThat(taken(plan)).containsExactly(down("a", 0, 0).action());
  }

  @Test
  void budgetsArePositive() {
    assertThatThrownBy(() -> new Budgets(1, 0, 1, 1, 1))
        .hasMessageContaining("budget wakesPerRound (0) must be positive");
  }

  @Test
  void dampingIsTheTimeInThePhase() {
    Cycle cycle = new Cycle(ClusterSnapshot.empty(NOW), Forecasts.NONE, EngineConfig.DEFAULT);

    assertThat(Damping.isRested(cycle, idle("a", Duration.ofSeconds(10)))).isTrue();
    assertThat(Damping.isRested(cycle, idle("a", Duration.ofMillis(9_999)))).isFalse();
  }

  @Test
  void namedResourcesCountToo() {
    Resources gpu = new Resources(0, 1, ImmutableSortedMap.of("gpu", 1L));

    assertThat(gpu.minus(gpu).named()).containsEntry("gpu", 0L);
    assertThat(gpu.minus(gpu).covers(gpu)).isFalse();
  }
}
