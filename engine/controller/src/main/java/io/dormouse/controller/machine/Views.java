package io.dormouse.controller.machine;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.dormouse.checkpoint.agentapi.proto.InstanceStatus;
import io.dormouse.checkpoint.agentapi.proto.Usage;
import io.dormouse.controller.machine.ControllerView.AgentView;
import io.dormouse.controller.machine.ControllerView.InstanceView;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.Epoch;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Makes views. */
final class Views {
  private Views() {}

  /** What the state machine itself contributes. */
  record Summary(
      Instant at,
      Mode mode,
      Optional<Epoch> epoch,
      boolean suspended,
      boolean schedulerKnown,
      ImmutableList<Intent> actions,
      ImmutableMap<String, Long> counters) {}

  static ControllerView of(
      MachineSettings settings,
      AgentRegistry agents,
      Registry registry,
      ClusterOverlay cluster,
      Summary summary) {
    ImmutableList.Builder<AgentView> agentViews = ImmutableList.builder();
    for (Member member : agents.members()) {
      agentViews.add(
          new AgentView(
              member.node(),
              member.connected(),
              member.acknowledged(),
              member.schedulerNodes(),
              agents.reach().at(member.node()),
              agents.reach().host(member.node()),
              member.instances().size(),
              member.usage()));
    }
    ImmutableList.Builder<InstanceView> instances = ImmutableList.builder();
    cluster
        .reported()
        .forEach(
            instance ->
                instances.add(
                    new InstanceView(
                        cluster.effective(instance),
                        registry.find(instance.id()),
                        place(agents, registry, instance.id()),
                        usage(agents, instance.id()),
                        noImage(agents, instance.id()))));
    return new ControllerView(
        summary.at(),
        settings.cell(),
        summary.mode(),
        summary.epoch(),
        summary.suspended(),
        summary.schedulerKnown(),
        agentViews.build(),
        ImmutableList.copyOf(cluster.nodes()),
        instances.build(),
        summary.actions(),
        cluster.queued().size(),
        summary.counters());
  }

  private static Optional<NodeId> place(AgentRegistry agents, Registry registry, InstanceId id) {
    return agents
        .process(id)
        .map(Map.Entry::getKey)
        .or(() -> registry.find(id).flatMap(InstanceRecord::node));
  }

  private static Optional<String> noImage(AgentRegistry agents, InstanceId id) {
    return agents.process(id).flatMap(place -> place.getValue().noImage());
  }

  private static Optional<Usage> usage(AgentRegistry agents, InstanceId id) {
    return agents
        .process(id)
        .map(place -> place.getValue().status())
        .filter(InstanceStatus::hasUsage)
        .map(InstanceStatus::getUsage);
  }
}
