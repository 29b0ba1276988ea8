package io.dormouse.controller.machine;

import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles what reports say against the registry: thawed by their lease, gone unseen, taken out of
 * rotation by nobody, launchers that nobody waits for. Only instances without an action are
 * touched, and only after the contradiction has lasted a while: reports may be older than what was
 * done since.
 */
final class Reconciler {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

  private final MachineSettings settings;
  private final AgentRegistry agents;
  private final Registry registry;
  private final Executor executor;
  private final ClusterOverlay cluster;
  private final Recoveries recoveries;
  private final Map<InstanceId, Instant> doubtedSince = new HashMap<>();

  Reconciler(
      MachineSettings settings,
      AgentRegistry agents,
      Registry registry,
      Executor executor,
      ClusterOverlay cluster,
      Recoveries recoveries) {
    this.settings = settings;
    this.agents = agents;
    this.registry = registry;
    this.executor = executor;
    this.cluster = cluster;
    this.recoveries = recoveries;
  }

  void clear() {
    doubtedSince.clear();
  }

  void tick(boolean schedulerKnown, Instant now) {
    Set<InstanceId> doubted = new HashSet<>();
    for (InstanceRecord record : List.copyOf(registry.records())) {
      if (executor.of(record.id()).isEmpty()) {
        settle(record, schedulerKnown, doubted, now);
      }
    }
    if (schedulerKnown) {
      new ArrayList<>(cluster.reported()).forEach(instance -> putBack(instance, doubted, now));
    }
    doubtedSince.keySet().retainAll(doubted);
    endIdleLaunchers(now);
  }

  private void settle(
      InstanceRecord record, boolean schedulerKnown, Set<InstanceId> doubted, Instant now) {
    boolean unlisted = schedulerKnown && cluster.reported(record.id()).isEmpty();
    switch (record.level()) {
      case L1_RETAINED, L2_DATA_SNAPSHOT -> {
        boolean inRotation = schedulerKnown && isInRotation(record.id());
        settleFrozen(record, unlisted, inRotation, doubted, now);
      }
      case L3_FULL_SNAPSHOT, L4_KERNEL_SNAPSHOT, AWAKE ->
          endMissing(record, unlisted, doubted, now);
      case TERMINATED -> {}
    }
  }

  private void endMissing(
      InstanceRecord record, boolean unlisted, Set<InstanceId> doubted, Instant now) {
    if (unlisted && lasted(record.id(), settings.patience().missing(), doubted, now)) {
      end(record, "its scheduler knows it no longer", now);
    }
  }

  private void settleFrozen(
      InstanceRecord record,
      boolean unlisted,
      boolean inRotation,
      Set<InstanceId> doubted,
      Instant now) {
    InstanceState state =
        record
            .node()
            .filter(agents::isReady)
            .map(node -> agents.stateOf(record.id(), node, record.life()))
            .orElse(InstanceState.INSTANCE_STATE_UNSPECIFIED);
    boolean awake = state == InstanceState.RUNNING || (state == InstanceState.FROZEN && inRotation);
    if (!awake && state != InstanceState.ENDED) {
      endMissing(record, unlisted, doubted, now);
      return;
    }
    if (!lasted(record.id(), settings.patience().settle(), doubted, now)) {
      return;
    }
    if (awake && !unlisted) {
      LOG.warn("instance={} state=\"{}, and in use again\"", record.id(), state);
      recoveries.recoverFrozen(record, now);
    } else {
      end(record, "its process ended while it was frozen", now);
    }
  }

  /** Its scheduler took it back by itself, and it may have a task. */
  private boolean isInRotation(InstanceId id) {
    return cluster
        .reported(id)
        .map(Instance::phase)
        .filter(phase -> phase == InstancePhase.IDLE || phase == InstancePhase.BUSY)
        .isPresent();
  }

  private void putBack(Instance instance, Set<InstanceId> doubted, Instant now) {
    boolean resting =
        instance.phase() == InstancePhase.HIBERNATED
            || instance.phase() == InstancePhase.HIBERNATING;
    boolean awake =
        registry
            .find(instance.id())
            .map(record -> record.level() == HibernationLevel.AWAKE)
            .orElse(true);
    if (!resting || !awake || executor.of(instance.id()).isPresent()) {
      return;
    }
    if (lasted(instance.id(), settings.patience().settle(), doubted, now)) {
      recoveries.putBack(instance, now);
    }
  }

  private boolean lasted(InstanceId id, Duration duration, Set<InstanceId> doubted, Instant now) {
    doubted.add(id);
    Instant since = doubtedSince.computeIfAbsent(id, key -> now);
    return !since.plus(duration).isAfter(now);
  }

  private void end(InstanceRecord record, String why, Instant now) {
    LOG.warn("instance={} level={} state=ended reason=\"{}\"", record.id(), record.level(), why);
    registry.write(record.ended(why, now));
    cluster.touch(record.id());
  }

  private void endIdleLaunchers(Instant now) {
    for (Member member : agents.members()) {
      if (agents.isReady(member.node())) {
        List.copyOf(member.instances()).stream()
            .filter(id -> isStray(id, member.node(), now))
            .forEach(id -> recoveries.endStray(id, member.node(), now));
      }
    }
  }

  private boolean isStray(InstanceId id, NodeId node, Instant now) {
    return executor.of(id).isEmpty()
        && agents
            .sighting(id, node)
            .filter(seen -> seen.state() == InstanceState.ATTACHED)
            .filter(seen -> seen.since().plus(settings.patience().settle()).isBefore(now))
            .isPresent();
  }
}
