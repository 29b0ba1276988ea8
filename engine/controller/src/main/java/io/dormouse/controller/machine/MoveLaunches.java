package io.dormouse.controller.machine;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.plan.Action;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Turns decisions to move into actions, where nothing stands against them. */
final class MoveLaunches {
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

  /** {@code obstacle}: what stands against any action on the instance. */
  Disposition begin(
      String decision, Action.Move move, Optional<Disposition> obstacle, Instant now) {
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    Optional<Instance> instance = cluster.reported(move.instance());
    if (instance.isEmpty()) {
      return Disposition.not("the scheduler does not know it");
    }
    InstanceRecord record =
        registry.findOrAwake(move.instance(), instance.get().workloadClass(), now);
    Optional<Map.Entry<NodeId, AgentRegistry.Sighting>> place = agents.process(move.instance());
    if (place.isEmpty() || !agents.isReady(place.get().getKey())) {
      return Launches.NO_AGENT;
    }
    Optional<Disposition> unfit =
        unfit(record, place.get()).or(() -> unfit(move.to(), place.get().getKey()));
    if (unfit.isPresent()) {
      return unfit.get();
    }
    begin(decision, move, record, place.get(), now);
    return Disposition.CARRIED_OUT;
  }

  private Optional<Disposition> unfit(
      InstanceRecord record, Map.Entry<NodeId, AgentRegistry.Sighting> place) {
    NodeId source = place.getKey();
    if (record.level() != HibernationLevel.AWAKE) {
      return not("it is at another level (%s)".formatted(record.level()));
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
    return record.garbage().size() >= InstanceRecord.MAX_GARBAGE
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
    return executor.imageMovesAt(target.get()) >= settings.limits().dumpsPerNode()
        ? not("too many images move at %s".formatted(to))
        : Optional.empty();
  }

  private static Optional<Disposition> not(String why) {
    return Optional.of(Disposition.not(why));
  }

  private void begin(
      String decision,
      Action.Move move,
      InstanceRecord record,
      Map.Entry<NodeId, AgentRegistry.Sighting> place,
      Instant now) {
    InstanceRecord owned = record.ownedBy(place.getValue().status().getOwnerUid());
    registry.write(owned);
    String image = seams.generations().get().toString();
    Intents.Place process =
        new Intents.Place(Optional.of(place.getKey()), image, place.getValue().life());
    executor.begin(intents.move(decision, owned, process, move.to(), now), now);
  }
}
