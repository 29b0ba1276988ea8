package io.dormouse.engine;

import static io.dormouse.engine.Fixtures.CLASS;
import static io.dormouse.engine.Fixtures.GIB;
import static io.dormouse.engine.Fixtures.NOW;
import static io.dormouse.engine.Fixtures.asleep;
import static io.dormouse.engine.Fixtures.idle;
import static io.dormouse.engine.Fixtures.instance;
import static io.dormouse.engine.Fixtures.node;
import static io.dormouse.engine.Fixtures.task;
import static io.dormouse.engine.Fixtures.with;
import static io.dormouse.engine.Fixtures.workloadClass;
import static io.dormouse.engine.model.HibernationLevel.AWAKE;
import static io.dormouse.engine.model.HibernationLevel.L1_RETAINED;
import static io.dormouse.engine.model.HibernationLevel.L3_FULL_SNAPSHOT;
import static io.dormouse.engine.model.HibernationLevel.TERMINATED;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.hibernation.LevelCalibration;
import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.Interruptibility;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.plan.Plan;
import io.dormouse.engine.pricing.Dial;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineTest {
  private final SnapshotDelta.Builder cluster =
      SnapshotDelta.builder(NOW).workloadClass(workloadClass()).node(node("n1", 4 * GIB));

  private Plan decide(EngineConfig config, Forecasts forecasts) {
    ClusterSnapshot snapshot = ClusterSnapshot.empty(NOW).apply(cluster.build());
    Plan plan = Engine.standard().decide(snapshot, forecasts, config);
    assertThat(Engine.standard().decide(snapshot, forecasts, config)).isEqualTo(plan);
    return plan;
  }

  private List<Action> actions() {
    return actions(EngineConfig.DEFAULT, Forecasts.NONE);
  }

  private List<Action> actions(EngineConfig config, Forecasts forecasts) {
    return decide(config, forecasts).decisions().stream().map(DecisionRecord::action).toList();
  }

  private static Action hibernate(String id, HibernationLevel from, HibernationLevel to) {
    return new Action.Hibernate(new InstanceId(id), from, to);
  }

  private static Action wake(String id, HibernationLevel from) {
    return new Action.Wake(new InstanceId(id), from);
  }

  @Test
  void takesIdleInstancesDownTheEnvelope() {
    cluster
        .instance(idle("a-just-now", Duration.ofSeconds(15)))
        .instance(idle("b-a-minute", Duration.ofSeconds(60)))
        .instance(idle("c-an-hour", Duration.ofHours(1)))
        .instance(idle("d-a-week", Duration.ofDays(7)));

    assertThat(actions())
        .containsExactlyInAnyOrder(
            hibernate("b-a-minute", AWAKE, L1_RETAINED),
            hibernate("c-an-hour", AWAKE, L3_FULL_SNAPSHOT),
            hibernate("d-a-week", AWAKE, TERMINATED));
  }

  @Test
  void takesFrozenInstancesFurtherDown() {
    cluster.instance(asleep("a", L1_RETAINED, Duration.ofHours(1)));

    assertThat(actions()).containsExactly(hibernate("a", L1_RETAINED, L3_FULL_SNAPSHOT));
  }

  @Test
  void neverStopsWhatMayNotBeInterrupted() {
    Instance instance = idle("a", Duration.ofDays(7));
    cluster.instance(with(instance, Interruptibility.NON_INTERRUPTIBLE));

    assertThat(actions()).isEmpty();
  }

  @Test
  void leavesInstancesAloneThatAreBusyOrOnTheirWay() {
    for (InstancePhase phase :
        List.of(
            InstancePhase.BUSY,
            InstancePhase.STARTING,
            InstancePhase.WAKING,
            InstancePhase.HIBERNATING)) {
      cluster.instance(instance(phase.name(), phase, AWAKE, Duration.ofDays(7)));
    }
    assertThat(actions()).isEmpty();
  }

  @Test
  void instancesRestBetweenMoves() {
    cluster.instance(idle("a", Duration.ofHours(1)));

    assertThat(actions(EngineConfig.DEFAULT.withCooldown(Duration.ofHours(2)), Forecasts.NONE))
        .isEmpty();
  }

  @Test
  void theDialDelaysHibernation() {
    cluster.instance(idle("a", Duration.ofHours(1)));

    assertThat(actions(EngineConfig.DEFAULT.withDial(Dial.SWIFT), Forecasts.NONE))
        .containsExactly(hibernate("a", AWAKE, L1_RETAINED));
  }

  @Test
  void shortMemoryMakesInstancesSinkSooner() {
    cluster.instance(idle("a", Duration.ofMinutes(3)));
    assertThat(actions()).containsExactly(hibernate("a", AWAKE, L1_RETAINED));

    cluster.pendingBytes(6 * GIB);
    assertThat(actions()).containsExactly(hibernate("a", AWAKE, L3_FULL_SNAPSHOT));
  }

  @Test
  void startsNothingWhileAnInstanceIsOnItsWayDown() {
    cluster.queued(task("t")).instance(down(Duration.ofSeconds(2)));

    assertThat(actions()).isEmpty();
  }

  @Test
  void startsOneWhereTheWayDownTakesLongerThanAStart() {
    cluster.queued(task("t")).instance(down(Duration.ofSeconds(60)));

    assertThat(actions()).containsExactly(new Action.Start(CLASS));
  }

  private static Instance down(Duration ago) {
    return instance("a", InstancePhase.HIBERNATING, AWAKE, ago);
  }

  @Test
  void timeScaleMakesInstancesSinkSooner() {
    cluster.instance(idle("a", Duration.ofMinutes(1)));

    assertThat(actions(EngineConfig.DEFAULT.withTimeScale(60), Forecasts.NONE))
        .containsExactly(hibernate("a", AWAKE, L3_FULL_SNAPSHOT));
  }

  @Test
  void wakesTheQuickestInstanceForATaskThatWaits() {
    cluster
        .instance(asleep("deep", L3_FULL_SNAPSHOT, Duration.ofSeconds(20)))
        .instance(asleep("near", L1_RETAINED, Duration.ofSeconds(20)))
        .queued(task("t1"));
    Plan plan = decide(EngineConfig.DEFAULT, Forecasts.NONE);

    DecisionRecord decision = plan.decisions().get(0);
    assertThat(plan.decisions()).hasSize(1);
    assertThat(decision.action()).isEqualTo(wake("near", L1_RETAINED));
    assertThat(decision.reason()).contains("class web has 1 waiting");
    assertThat(decision.rejected())
        .extracting(option -> option.option())
        .containsExactly("wake deep from L3_FULL_SNAPSHOT", "start a fresh instance");
    assertThat(decision.terms())
        .extracting(term -> term.name())
        .containsExactly("task_served", "start_avoided", "wake_wait", "wake_busy");
    assertThat(decision.terms().list().get(1).money().usd())
        .isGreaterThan(-decision.terms().list().get(2).money().usd());
    assertThat(decision.terms().net().usd()).isPositive();
    assertThat(decision.id()).isEqualTo("d-1-0");
  }

  @Test
  void startsAFreshInstanceOnlyWhereNoneCanBeWoken() {
    cluster.queued(task("t1")).queued(task("t2"));
    assertThat(actions()).containsExactly(new Action.Start(CLASS));

    cluster.instance(asleep("deep", L3_FULL_SNAPSHOT, Duration.ofSeconds(20)));
    assertThat(actions()).containsExactly(wake("deep", L3_FULL_SNAPSHOT));
  }

  @Test
  void startsAFreshInstanceWhereWakingWasMeasuredToBeSlower() {
    cluster.instance(asleep("deep", L3_FULL_SNAPSHOT, Duration.ofSeconds(20))).queued(task("t1"));
    LevelCalibration slow =
        LevelCalibration.none().withWake(CLASS, L3_FULL_SNAPSHOT, Duration.ofSeconds(30), 1);

    assertThat(actions(EngineConfig.DEFAULT, Forecasts.NONE.withLevels(slow)))
        .containsExactly(new Action.Start(CLASS));
  }

  @Test
  void doesNothingTwiceForATaskThatIsServedAlready() {
    cluster
        .instance(asleep("near", L1_RETAINED, Duration.ofSeconds(20)))
        .instance(instance("waking", InstancePhase.WAKING, L1_RETAINED, Duration.ofSeconds(1)))
        .instance(instance("coming", InstancePhase.STARTING, AWAKE, Duration.ofSeconds(1)))
        .instance(idle("idle", Duration.ofMinutes(1)))
        .queued(task("t1"))
        .queued(task("t2"))
        .queued(task("t3"));
    assertThat(actions()).isEmpty();

    cluster.queued(task("t4"));
    assertThat(actions()).isEmpty();
  }

  @Test
  void addsToABusyFleetOnceItIsBusyForAsLongAsAStartTakes() {
    cluster
        .instance(asleep("near", L1_RETAINED, Duration.ofSeconds(20)))
        .instance(instance("busy", InstancePhase.BUSY, AWAKE, Duration.ofSeconds(1)))
        .queued(task("t1"))
        .queued(task("t2"));
    assertThat(actions()).isEmpty();

    cluster.instance(instance("busy", InstancePhase.BUSY, AWAKE, Duration.ofMinutes(1)));
    assertThat(actions()).containsExactly(wake("near", L1_RETAINED));
  }

  @Test
  void asksForNoMoreRoomThanThereIs() {
    cluster.node(node("n1", GIB / 100)).queued(task("t1"));
    Plan plan = decide(EngineConfig.DEFAULT, Forecasts.NONE);

    assertThat(plan.decisions()).isEmpty();
    cluster.node(node("n2", GIB));
    assertThat(actions()).containsExactly(new Action.Start(CLASS));
  }

  @Test
  void roomThatInstancesOnTheirWayWillTakeIsNotGivenTwice() {
    cluster
        .node(node("n1", GIB / 2))
        .instance(instance("coming", InstancePhase.STARTING, AWAKE, Duration.ofSeconds(1)))
        .queued(task("t1"))
        .queued(task("t2"));

    assertThat(actions()).isEmpty();
  }

  @Test
  void explainsAHibernationInMoney() {
    cluster.instance(idle("a", Duration.ofHours(1)));
    DecisionRecord decision = decide(EngineConfig.DEFAULT, Forecasts.NONE).decisions().get(0);

    assertThat(decision.reason())
        .isEqualTo(
            "idle for 3600 s: without a trusted forecast the lower envelope wants L3_FULL_SNAPSHOT");
    assertThat(decision.terms())
        .extracting(term -> term.name())
        .containsExactly("saved_holding", "entry", "wake_wait", "wake_busy");
    assertThat(decision.terms().list().get(0).money().usd()).isPositive();
    assertThat(decision.terms().list().get(1).money().usd()).isNegative();
    assertThat(decision.rejected())
        .extracting(option -> option.option())
        .containsExactly("stay", "hibernate to L1_RETAINED", "hibernate to TERMINATED");
    assertThat(decision.configVersion()).isEqualTo("default");
    assertThat(decision.modelVersion()).isEqualTo("none");
  }
}
