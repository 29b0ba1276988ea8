package io.dormouse.controller.machine;

import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.Epoch;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Renews, every beat, the leases of all that shall stay frozen. What it leaves out thaws: what
 * rests frozen while the controller only observes, since nobody may want it there.
 */
final class Leases {
  /** Instances per message: well below the agents' largest message. */
  private static final int BATCH = 2_000;

  private final Seams seams;
  private final AgentRegistry agents;
  private final Registry registry;
  private final Executor executor;
  private final Commands commands;
  private long sent;

  Leases(
      MachineSettings settings,
      Seams seams,
      AgentRegistry agents,
      Registry registry,
      Executor executor) {
    this.seams = seams;
    this.agents = agents;
    this.registry = registry;
    this.executor = executor;
    this.commands = new Commands(settings);
  }

  void renew(Epoch epoch, Mode mode) {
    Map<String, Set<InstanceId>> frozen = new TreeMap<>();
    if (mode == Mode.ACT) {
      addResting(frozen);
    }
    for (Run run : executor.runs()) {
      Intent intent = run.intent();
      if (staysFrozen(intent)) {
        add(frozen, intent.nodeOrFail(), intent.instanceOrFail());
        intent.elsewhere().ifPresent(other -> add(frozen, other.node(), intent.instanceOrFail()));
      }
    }
    frozen.forEach((node, instances) -> send(new NodeId(node), List.copyOf(instances), epoch));
  }

  private void addResting(Map<String, Set<InstanceId>> frozen) {
    for (InstanceRecord record : registry.records()) {
      if (record.isFrozen() && executor.of(record.id()).isEmpty()) {
        record.node().ifPresent(node -> add(frozen, node, record.id()));
      }
    }
  }

  private static void add(Map<String, Set<InstanceId>> frozen, NodeId node, InstanceId instance) {
    frozen.computeIfAbsent(node.value(), key -> new TreeSet<>()).add(instance);
  }

  private static boolean staysFrozen(Intent intent) {
    return switch (intent.step()) {
      case FREEZE, EVICT, DUMP, CACHE, HAND_OVER, PULL, RELEASE_SOURCE, RESTORE ->
          intent.node().isPresent();
      case THAW -> !intent.image().isEmpty() && intent.node().isPresent();
      default -> false;
    };
  }

  private void send(NodeId node, List<InstanceId> instances, Epoch epoch) {
    if (!agents.isReady(node)) {
      return;
    }
    for (int from = 0; from < instances.size(); from += BATCH) {
      List<InstanceId> batch = instances.subList(from, Math.min(instances.size(), from + BATCH));
      sent++;
      String id = "lease-%d-%d-%d".formatted(epoch.incarnation(), epoch.czxid(), sent);
      seams.agents().execute(node, commands.renew(id, batch, epoch));
    }
  }
}
