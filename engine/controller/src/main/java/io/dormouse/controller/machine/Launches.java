package io.dormouse.controller.machine;

import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.spi.Epoch;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Turns decisions into actions, where nothing stands against them. */
final class Launches {
  static final String CARRIED_OUT = "carried out";
  private static final WorkloadClassId UNKNOWN_CLASS = new WorkloadClassId("unknown");

  private final MachineSettings settings;
  private final Seams seams;
  private final Fleet fleet;
  private final Registry registry;
  private final Executor executor;
  private final ClusterOverlay cluster;
  private final Map<InstanceId, Instant> cooldowns = new HashMap<>();
  private Epoch epoch = new Epoch(0, 0);
  private long begun;

  Launches(
      MachineSettings settings,
      Seams seams,
      Fleet fleet,
      Registry registry,
      Executor executor,
      ClusterOverlay cluster) {
    this.settings = settings;
    this.seams = seams;
    this.fleet = fleet;
    this.registry = registry;
    this.executor = executor;
    this.cluster = cluster;
  }

  void lead(Epoch newEpoch) {
    epoch = newEpoch;
    begun = 0;
    cooldowns.clear();
  }

  void coolDown(InstanceId instance, Instant now) {
    cooldowns.put(instance, now.plus(settings.patience().cooldown()));
  }

  void tick(Instant now) {
    cooldowns.values().removeIf(until -> until.isBefore(now));
  }

  /** Carries a decision out, or says why not. */
  String carryOut(DecisionRecord decision, Mode mode, Instant now) {
    if (!executor.hasRoom()) {
      return "too many actions are under way";
    }
    Action action = decision.action();
    if (action instanceof Action.Wake wake) {
      return wake(decision.id(), wake.instance(), now);
    }
    if (mode == Mode.OBSERVE) {
      return "observed only";
    }
    if (action instanceof Action.Hibernate hibernate) {
      return hibernate(decision.id(), hibernate, now);
    }
    if (action instanceof Action.Start start) {
      start(decision.id(), start.workloadClass(), now);
      return CARRIED_OUT;
    }
    return "unknown action";
  }

  /** Starts a fresh instance of a class. */
  void start(String decision, WorkloadClassId workloadClass, Instant now) {
    Intent intent =
        intent(
            Kind.START,
            decision,
            Optional.empty(),
            workloadClass,
            HibernationLevel.TERMINATED,
            HibernationLevel.AWAKE,
            Step.START,
            Optional.empty(),
            "",
            "",
            now);
    cluster.expect(intent.id(), workloadClass, now);
    executor.begin(intent, now);
  }

  /** A frozen instance was thawed by its lease: put it back into rotation. */
  void recoverFrozen(InstanceRecord record, Instant now) {
    thawInPlace(Intent.RECOVERY, record, now);
  }

  /**
   * An instance is out of rotation for no reason that this leader knows: put it back, or end it
   * where no agent knows its process.
   */
  void putBack(Instance instance, Instant now) {
    InstanceRecord record = registry.findOrAwake(instance.id(), instance.workloadClass(), now);
    Optional<Map.Entry<NodeId, Fleet.Sighting>> place = located(instance.id());
    if (place.isPresent()) {
      NodeId node = place.get().getKey();
      thawInPlace(Intent.RECOVERY, record.frozen(node, lifeAt(place.get().getValue()), now), now);
    } else if (fleet.members().stream().allMatch(Fleet.Member::acknowledged)) {
      recover(record, Step.END_INSTANCE, Optional.empty(), "no agent knows its process", now);
    }
  }

  /** A launcher is attached that no wake waits for: end it. */
  void endStray(InstanceId id, NodeId node, Instant now) {
    WorkloadClassId workloadClass =
        cluster.reported(id).map(Instance::workloadClass).orElse(UNKNOWN_CLASS);
    InstanceRecord record = registry.findOrAwake(id, workloadClass, now);
    recover(record, Step.ABORT_COPY, Optional.of(node), "no wake waits for this launcher", now);
  }

  private void recover(
      InstanceRecord record, Step step, Optional<NodeId> node, String why, Instant now) {
    Intent intent =
        intent(
            Kind.WAKE,
            Intent.RECOVERY,
            Optional.of(record.id()),
            record.workloadClass(),
            record.level(),
            HibernationLevel.AWAKE,
            step,
            node,
            "",
            "",
            now);
    executor.begin(intent.undoing(step, why), now);
  }

  private String wake(String decision, InstanceId id, Instant now) {
    Optional<InstanceRecord> record = registry.find(id);
    Optional<String> obstacle = obstacle(id, now);
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    if (record.isEmpty()) {
      return "it is not hibernated";
    }
    return switch (record.get().level()) {
      case L1_RETAINED -> thawInPlace(decision, record.get(), now);
      case L3_FULL_SNAPSHOT -> restore(decision, record.get(), now);
      default -> "it is not hibernated";
    };
  }

  private String thawInPlace(String decision, InstanceRecord record, Instant now) {
    Intent intent =
        intent(
            Kind.WAKE,
            decision,
            Optional.of(record.id()),
            record.workloadClass(),
            HibernationLevel.L1_RETAINED,
            HibernationLevel.AWAKE,
            Step.THAW,
            record.node(),
            "",
            record.life(),
            now);
    executor.begin(intent, now);
    return CARRIED_OUT;
  }

  private String restore(String decision, InstanceRecord record, Instant now) {
    Intent intent =
        intent(
            Kind.WAKE,
            decision,
            Optional.of(record.id()),
            record.workloadClass(),
            HibernationLevel.L3_FULL_SNAPSHOT,
            HibernationLevel.AWAKE,
            Step.ALLOCATE,
            Optional.empty(),
            record.image(),
            "",
            now);
    executor.begin(intent, now);
    return CARRIED_OUT;
  }

  private String hibernate(String decision, Action.Hibernate action, Instant now) {
    InstanceId id = action.instance();
    Optional<Instance> instance = cluster.reported(id);
    Optional<String> obstacle = obstacle(id, now);
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    if (instance.isEmpty()) {
      return "the scheduler does not know it";
    }
    InstanceRecord record = registry.findOrAwake(id, instance.get().workloadClass(), now);
    if (record.level() != action.from()) {
      return "it is at another level (%s)".formatted(record.level());
    }
    return record.level() == HibernationLevel.L3_FULL_SNAPSHOT
        ? endImage(decision, record, now)
        : hibernateProcess(decision, action, record, now);
  }

  private String endImage(String decision, InstanceRecord record, Instant now) {
    begin(decision, record, HibernationLevel.TERMINATED, Optional.empty(), record.life(), now);
    return CARRIED_OUT;
  }

  private String hibernateProcess(
      String decision, Action.Hibernate action, InstanceRecord record, Instant now) {
    Optional<Map.Entry<NodeId, Fleet.Sighting>> place = located(action.instance());
    if (place.isEmpty() || !fleet.isReady(place.get().getKey())) {
      return "no agent that follows this leader holds it";
    }
    NodeId node = place.get().getKey();
    if (action.to() == HibernationLevel.L3_FULL_SNAPSHOT) {
      if (executor.imageMovesAt(node) >= settings.limits().dumpsPerNode()) {
        return "too many images move at its node";
      }
      if (record.garbage().size() >= InstanceRecord.MAX_GARBAGE) {
        return "too many of its images wait to be discarded";
      }
    }
    int owner = place.get().getValue().status().getOwnerUid();
    String life = lifeAt(place.get().getValue());
    registry.write(record.ownedBy(owner));
    begin(decision, record, action.to(), Optional.of(node), life, now);
    return CARRIED_OUT;
  }

  private void begin(
      String decision,
      InstanceRecord record,
      HibernationLevel to,
      Optional<NodeId> node,
      String life,
      Instant now) {
    boolean imaged = to == HibernationLevel.L3_FULL_SNAPSHOT;
    executor.begin(
        intent(
            Kind.HIBERNATE,
            decision,
            Optional.of(record.id()),
            record.workloadClass(),
            record.level(),
            to,
            HibernateProtocol.firstStep(record.level(), to),
            node,
            imaged ? seams.generations().get().toString() : "",
            life,
            now),
        now);
  }

  private Optional<String> obstacle(InstanceId id, Instant now) {
    if (executor.of(id).isPresent()) {
      return Optional.of("an action is under way");
    }
    Instant until = cooldowns.get(id);
    return until != null && until.isAfter(now)
        ? Optional.of("it rests after an action that failed, until " + until)
        : Optional.empty();
  }

  private Optional<Map.Entry<NodeId, Fleet.Sighting>> located(InstanceId id) {
    return fleet.find(
        id, seen -> seen.state() == InstanceState.RUNNING || seen.state() == InstanceState.FROZEN);
  }

  private static String lifeAt(Fleet.Sighting sighting) {
    return sighting.status().getGeneration();
  }

  private Intent intent(
      Kind kind,
      String decision,
      Optional<InstanceId> instance,
      WorkloadClassId workloadClass,
      HibernationLevel from,
      HibernationLevel to,
      Step step,
      Optional<NodeId> node,
      String image,
      String life,
      Instant now) {
    begun++;
    String id = "a-%d-%d-%d".formatted(epoch.incarnation(), epoch.czxid(), begun);
    return new Intent(
        id,
        kind,
        decision,
        instance,
        workloadClass,
        from,
        to,
        step,
        0,
        0,
        node,
        image,
        life,
        "",
        now);
  }
}
