package io.dormouse.controller.machine;

import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.controller.machine.AgentRegistry.Sighting;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/** At which agents actions are. */
final class Places {
  private final AgentRegistry agents;
  private final Supplier<UUID> generations;

  /** {@code generations}: names for lives that begin. */
  Places(AgentRegistry agents, Supplier<UUID> generations) {
    this.agents = agents;
    this.generations = generations;
  }

  /** Whether one of an action's places is at an agent. */
  boolean concerns(Intent intent, NodeId agent) {
    Optional<NodeId> one = Optional.of(agent);
    return intent.node().equals(one) || intent.elsewhere().flatMap(this::agent).equals(one);
  }

  /** As long as no life is meant for it, a place is named as the scheduler does. */
  private Optional<NodeId> agent(Intent.Elsewhere place) {
    return place.life().isEmpty()
        ? agents.atSchedulerNode(place.node())
        : Optional.of(place.node());
  }

  /**
   * What came of the wait for a launcher; empty while there is none. A move's must be at the place
   * that was asked for: the target's load and abilities were looked at, and no other's.
   */
  Optional<Outcome> launcher(Intent intent) {
    InstanceId instance = intent.instanceOrFail();
    Optional<NodeId> wanted = intent.elsewhere().flatMap(this::agent);
    if (wanted.flatMap(node -> agents.sighting(instance, node)).filter(this::waits).isPresent()) {
      return wanted.filter(agents::isReady).map(this::attached);
    }
    return agents
        .find(instance, this::waits)
        .map(Map.Entry::getKey)
        .filter(agents::isReady)
        .map(
            node ->
                intent.elsewhere().isEmpty()
                    ? attached(node)
                    : new Outcome.Refused(
                        "a launcher attached at %s and not at %s"
                            .formatted(node, intent.elsewhereOrFail().node())));
  }

  private boolean waits(Sighting sighting) {
    return sighting.state() == InstanceState.ATTACHED;
  }

  private Outcome attached(NodeId node) {
    return agents.reach().restoresAt(node)
        ? new Outcome.Attached(node, generations.get().toString())
        : new Outcome.Refused("a launcher attached at %s, which can't restore".formatted(node));
  }
}
