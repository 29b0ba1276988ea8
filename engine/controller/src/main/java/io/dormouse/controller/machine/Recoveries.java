package io.dormouse.controller.machine;

import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Actions that nobody decided: they settle what reports contradict. */
final class Recoveries {
  private static final WorkloadClassId UNKNOWN_CLASS = new WorkloadClassId("unknown");

  private final AgentRegistry agents;
  private final Registry registry;
  private final Executor executor;
  private final ClusterOverlay cluster;
  private final Intents intents;

  Recoveries(
      AgentRegistry agents,
      Registry registry,
      Executor executor,
      ClusterOverlay cluster,
      Intents intents) {
    this.agents = agents;
    this.registry = registry;
    this.executor = executor;
    this.cluster = cluster;
    this.intents = intents;
  }

  /** A frozen instance was thawed by its lease: put it back into rotation. */
  void recoverFrozen(InstanceRecord record, Instant now) {
    executor.begin(intents.thaw(Intent.RECOVERY, record, now), now);
  }

  /**
   * An instance is out of rotation for no reason that this leader knows: put it back, or end it
   * where the agent that should know its process does not.
   */
  void putBack(Instance instance, Instant now) {
    InstanceRecord record = registry.findOrAwake(instance.id(), instance.workloadClass(), now);
    Optional<Map.Entry<NodeId, AgentRegistry.Sighting>> place = agents.process(instance.id());
    if (place.isPresent()) {
      NodeId node = place.get().getKey();
      if (agents.isReady(node)) {
        recoverFrozen(record.frozen(node, place.get().getValue().life(), now), now);
      }
    } else if (concerned(instance, record).stream().allMatch(Member::acknowledged)) {
      settle(record, Step.END_INSTANCE, Optional.empty(), "no agent knows its process", now);
    }
  }

  /**
   * The agents that would know its process: those of the node where its scheduler or the registry
   * has it; all where neither names one.
   */
  private Collection<Member> concerned(Instance instance, InstanceRecord record) {
    Optional<NodeId> listedAt = instance.node();
    List<Member> listed =
        agents.members().stream()
            .filter(member -> listedAt.filter(member::isCalled).isPresent())
            .toList();
    if (listedAt.isPresent() && listed.isEmpty()) {
      return agents.members();
    }
    Set<Member> concerned = new HashSet<>(listed);
    record.node().flatMap(agents::member).ifPresent(concerned::add);
    return concerned.isEmpty() ? agents.members() : concerned;
  }

  /** A launcher is attached that no wake waits for: end it. */
  void endStray(InstanceId id, NodeId node, Instant now) {
    WorkloadClassId workloadClass =
        cluster.reported(id).map(Instance::workloadClass).orElse(UNKNOWN_CLASS);
    InstanceRecord record = registry.findOrAwake(id, workloadClass, now);
    settle(record, Step.ABORT_COPY, Optional.of(node), "no wake waits for this launcher", now);
  }

  private void settle(
      InstanceRecord record, Step step, Optional<NodeId> node, String why, Instant now) {
    executor.begin(intents.settle(record, step, node, why, now), now);
  }
}
