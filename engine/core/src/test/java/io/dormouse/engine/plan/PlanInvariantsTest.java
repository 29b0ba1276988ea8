package io.dormouse.engine.plan;

import static io.dormouse.engine.Fixtures.CLASS;
import static io.dormouse.engine.Fixtures.GIB;
import static io.dormouse.engine.Fixtures.NOW;
import static io.dormouse.engine.Fixtures.asleep;
import static io.dormouse.engine.Fixtures.idle;
import static io.dormouse.engine.Fixtures.node;
import static io.dormouse.engine.Fixtures.task;
import static io.dormouse.engine.Fixtures.with;
import static io.dormouse.engine.Fixtures.workloadClass;
import static io.dormouse.engine.model.HibernationLevel.AWAKE;
import static io.dormouse.engine.model.HibernationLevel.L1_RETAINED;
import static io.dormouse.engine.model.HibernationLevel.L2_DATA_SNAPSHOT;
import static io.dormouse.engine.model.HibernationLevel.L3_FULL_SNAPSHOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.dormouse.engine.Cycle;
import io.dormouse.engine.EngineConfig;
import io.dormouse.engine.Forecasts;
import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.explain.Term;
import io.dormouse.engine.explain.Terms;
import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.Interruptibility;
import io.dormouse.engine.model.Money;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The verifier finds each kind of broken plan. */
class PlanInvariantsTest {
  private static final Term GOOD = new Term("saved", new Money(1));
  private static final Action DOWN =
      new Action.Hibernate(new InstanceId("idle"), AWAKE, L3_FULL_SNAPSHOT);
  private static final Action UP = new Action.Wake(new InstanceId("deep"), L3_FULL_SNAPSHOT);
  private static final Action START = new Action.Start(CLASS);

  private final ClusterSnapshot snapshot =
      ClusterSnapshot.empty(NOW)
          .apply(
              SnapshotDelta.builder(NOW)
                  .workloadClass(workloadClass())
                  .node(node("n1", GIB / 2))
                  .instance(idle("idle", Duration.ofHours(1)))
                  .instance(asleep("deep", L3_FULL_SNAPSHOT, Duration.ofHours(1)))
                  .instance(
                      with(idle("fixed", Duration.ofHours(1)), Interruptibility.NON_INTERRUPTIBLE))
                  .queued(task("t1"))
                  .queued(task("t2"))
                  .queued(task("t3"))
                  .queued(task("t4"))
                  .build());

  private List<String> violations(Action... actions) {
    return violations(EngineConfig.DEFAULT, Terms.of(GOOD), actions);
  }

  private List<String> violations(EngineConfig config, Terms terms, Action... actions) {
    ImmutableList.Builder<DecisionRecord> decisions = ImmutableList.builder();
    for (int row = 0; row < actions.length; row++) {
      decisions.add(record("d-1-" + row, terms, actions[row]));
    }
    return PlanInvariants.violations(cycle(config), new Plan(1, decisions.build()));
  }

  private Cycle cycle(EngineConfig config) {
    return new Cycle(snapshot, Forecasts.NONE, config);
  }

  private static DecisionRecord record(String id, Terms terms, Action action) {
    return new DecisionRecord(id, NOW, 1, "c", "m", action, "why", terms, ImmutableList.of());
  }

  @Test
  void findsNothingWrongWithAGoodPlan() {
    assertThat(violations(DOWN, UP)).isEmpty();
    assertThat(violations(START)).isEmpty();
    assertThat(violations()).isEmpty();
  }

  @Test
  void findsAPlanForAnotherSnapshot() {
    Plan plan = new Plan(2, ImmutableList.of());

    assertThatThrownBy(() -> PlanInvariants.require(cycle(EngineConfig.DEFAULT), plan))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("it is for another snapshot")
        .hasMessageContaining("Maybe");
  }

  @Test
  void findsTwoActionsOnOneInstance() {
    assertOnly(violations(DOWN, DOWN), "two actions on one");
  }

  @Test
  void findsTwoDecisionsOfOneId() {
    DecisionRecord record = record("d", Terms.of(GOOD), DOWN);
    DecisionRecord other = record("d", Terms.of(GOOD), UP);
    Plan plan = new Plan(1, ImmutableList.of(record, other));

    assertOnly(PlanInvariants.violations(cycle(EngineConfig.DEFAULT), plan), "two decisions are d");
  }

  @Test
  void findsActionsOnInstancesThatAreElsewhere() {
    assertOnly(
        violations(new Action.Wake(new InstanceId("idle"), AWAKE)), "not where it should be");
    assertOnly(
        violations(new Action.Wake(new InstanceId("deep"), L1_RETAINED)), "not where it should be");
    assertOnly(
        violations(new Action.Hibernate(new InstanceId("none"), AWAKE, L1_RETAINED)),
        "not where it should be");
  }

  @Test
  void findsWhatNoAgentCanDo() {
    ClusterSnapshot plain =
        snapshot.apply(
            SnapshotDelta.builder(NOW)
                .instance(
                    snapshot
                        .instance(new InstanceId("idle"))
                        .orElseThrow()
                        .withReachable(ImmutableSet.of(L1_RETAINED)))
                .build());
    Action image = new Action.Hibernate(new InstanceId("idle"), AWAKE, L3_FULL_SNAPSHOT);

    assertOnly(
        PlanInvariants.violations(
            new Cycle(plain, Forecasts.NONE, EngineConfig.DEFAULT),
            new Plan(2, ImmutableList.of(record("d", Terms.of(GOOD), image)))),
        "no agent can do that");
  }

  @Test
  void findsLevelsThatTheConfigurationHasNot() {
    assertOnly(
        violations(new Action.Hibernate(new InstanceId("idle"), AWAKE, L2_DATA_SNAPSHOT)),
        "not a level to go to");
    assertOnly(
        violations(new Action.Hibernate(new InstanceId("idle"), AWAKE, AWAKE)),
        "not a level to go to");
  }

  @Test
  void findsWhatStopsANonInterruptibleInstance() {
    assertOnly(
        violations(new Action.Hibernate(new InstanceId("fixed"), AWAKE, L1_RETAINED)),
        "stops a NON_INTERRUPTIBLE instance");
  }

  @Test
  void findsWhatIsNotWorthItsDisruption() {
    Terms terms = Terms.of(GOOD, new Term("cost", new Money(-0.9)));

    assertOnly(violations(EngineConfig.DEFAULT, terms, DOWN), "not worth its disruption");
  }

  @Test
  void findsBudgetsExceeded() {
    EngineConfig tight = EngineConfig.DEFAULT.withBudgets(new Budgets(1, 1, 1, 1, 1));
    Action frozen = new Action.Hibernate(new InstanceId("deep"), L3_FULL_SNAPSHOT, L1_RETAINED);

    assertOnly(violations(tight, Terms.of(GOOD), DOWN, frozen), "a budget of the round");
  }

  @Test
  void findsMoreRoomTakenThanThereIs() {
    assertOnly(violations(UP, START), "more than there are");
  }

  @Test
  void findsMoreInstancesThanTasksWant() {
    ClusterSnapshot calm =
        snapshot.apply(
            SnapshotDelta.builder(NOW)
                .node(node("n1", 4 * GIB))
                .dequeued(task("t1").id())
                .dequeued(task("t2").id())
                .build());
    DecisionRecord record = record("d", Terms.of(GOOD), START);

    assertOnly(
        PlanInvariants.violations(
            new Cycle(calm, Forecasts.NONE, EngineConfig.DEFAULT),
            new Plan(2, ImmutableList.of(record))),
        "1 more of class web where 0 are wanted");
  }

  @Test
  void findsStartsOfUnknownClasses() {
    assertOnly(
        violations(new Action.Start(new WorkloadClassId("other"))), "start of an unknown class");
  }

  private static void assertOnly(List<String> violations, String expected) {
    assertThat(violations).singleElement().asString().contains(expected);
  }
}
