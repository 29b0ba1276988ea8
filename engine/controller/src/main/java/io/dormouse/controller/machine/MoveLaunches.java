package io.dormouse.controller.machine;

import io.dormouse.checkpoint.hosts.RestoreVerdict;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.plan.Action;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Turns decisions to move into actions, where nothing stands against them. */
final class MoveLaunches {
  /**
   * Of smaller instances nothing goes ahead: what a move of them takes is for the tools to start,
   * and little for their memory, while they would stand still for a draft as well.
   */
  static final long DRAFT_BYTES_MIN = 64L << 20;

  private final MachineSettings settings;
  private final Seams seams;
  private final AgentRegistry agents;
  private final Registry registry;
  private final Executor executor;
  private final ClusterOverlay cluster;
  private final Intents intents;

  MoveLaunches(
      MachineSettings settings,
      Seams seams,
      AgentRegistry agents,
      Registry registry,
      Executor executor,
      ClusterOverlay cluster,
      Intents intents) {
    this.settings = settings;
    this.seams = seams;
    this.agents = agents;
    this.registry = registry;
    this.executor = executor;
    this.cluster = cluster;
    this.intents = intents;
  }

  /** What stands against moving any instance. */
  Optional<Disposition> impossible() {
    return seams.scheduler().onePlaceOnly().map(Disposition::not);
  }

  /** What stands against moving an instance anywhere. */
  Optional<Disposition> obstacle(InstanceId id) {
    Optional<Instance> instance = cluster.reported(id);
    if (instance.isEmpty()) {
      return not("the scheduler does not know it");
    }
    Optional<Map.Entry<NodeId, AgentRegistry.Sighting>> place = agents.process(id);
    return place.isEmpty() || !agents.isReady(place.get().getKey())
        ? Optional.of(Launches.NO_AGENT)
        : unfit(registry.find(id), place.get());
  }

  /** What stands against moving an instance there. */
  Optional<Disposition> obstacle(Action.Move move) {
    return agents.process(move.instance()).flatMap(place -> unfit(move.to(), place.getKey()));
  }

  /** Nothing stands against it. */
  Disposition begin(String decision, Action.Move move, Instant now) {
    Map.Entry<NodeId, AgentRegistry.Sighting> place = agents.process(move.instance()).orElseThrow();
    Instance instance = cluster.reported(move.instance()).orElseThrow();
    InstanceRecord record =
        registry
            .findOrAwake(move.instance(), instance.workloadClass(), now)
            .ownedBy(place.getValue().status().getOwnerUid());
    registry.write(record);
    String image = seams.generations().get().toString();
    Intents.Place process =
        new Intents.Place(Optional.of(place.getKey()), image, place.getValue().life());
    Intents.Journey journey = new Intents.Journey(move.to(), draft(instance, move.to()));
    executor.begin(intents.move(decision, record, process, journey, now), now);
    return Disposition.CARRIED_OUT;
  }

  /** Names the draft that goes ahead; empty where none is worth it, or would be of use there. */
  private String draft(Instance instance, NodeId to) {
    boolean kept = agents.atSchedulerNode(to).filter(agents.reach()::keepsCopiesAt).isPresent();
    return kept && cluster.effective(instance).residentBytes() >= DRAFT_BYTES_MIN
        ? seams.generations().get().toString()
        : "";
  }

  private Optional<Disposition> unfit(
      Optional<InstanceRecord> record, Map.Entry<NodeId, AgentRegistry.Sighting> place) {
    NodeId source = place.getKey();
    HibernationLevel level = record.map(InstanceRecord::level).orElse(HibernationLevel.AWAKE);
    if (level != HibernationLevel.AWAKE) {
      return not("it is at another level (%s)".formatted(level));
    }
    if (!agents.reach().at(source).contains(HibernationLevel.L3_FULL_SNAPSHOT)) {
      return not("its agent takes no images");
    }
    Optional<String> noImage = place.getValue().noImage();
    if (noImage.isPresent()) {
      return not(noImage.get());
    }
    if (executor.imageMovesAt(source) >= settings.limits().dumpsPerNode()) {
      return not("too many images move at its node");
    }
    return record.filter(known -> known.garbage().size() >= InstanceRecord.MAX_GARBAGE).isPresent()
        ? not("too many of its images wait to be discarded")
        : Optional.empty();
  }

  private Optional<Disposition> unfit(NodeId to, NodeId source) {
    Optional<NodeId> target = agents.atSchedulerNode(to);
    if (target.filter(agents::isReady).isEmpty()) {
      return not("no agent that follows this leader is at %s".formatted(to));
    }
    if (target.get().equals(source)) {
      return not("it is at %s already".formatted(to));
    }
    if (!agents.reach().restoresAt(target.get())) {
      return not("the agent at %s can't restore".formatted(to));
    }
    if (agents.reach().verdict(source, target.get()) instanceof RestoreVerdict.No no) {
      return not("it can't be restored at %s: %s".formatted(to, no.text()));
    }
    return executor.imageMovesAt(target.get()) >= settings.limits().dumpsPerNode()
        ? not("too many images move at %s".formatted(to))
        : Optional.empty();
  }

  private static Optional<Disposition> not(String why) {
    return Optional.of(Disposition.not(why));
  }
}
