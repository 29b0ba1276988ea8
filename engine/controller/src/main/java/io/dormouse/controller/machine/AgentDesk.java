package io.dormouse.controller.machine;

import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.AnnounceReply;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceStatus;
import io.dormouse.checkpoint.agentapi.proto.Inventory;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.Epoch;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What agents say: whom they follow, what they did, what they see. */
final class AgentDesk {
  private static final Logger LOG = LoggerFactory.getLogger(AgentDesk.class);

  private final MachineSettings settings;
  private final Seams seams;
  private final AgentRegistry agents;
  private final Executor executor;
  private final Janitor janitor;
  private final ClusterOverlay cluster;

  AgentDesk(
      MachineSettings settings,
      Seams seams,
      AgentRegistry agents,
      Executor executor,
      Janitor janitor,
      ClusterOverlay cluster) {
    this.settings = settings;
    this.seams = seams;
    this.agents = agents;
    this.executor = executor;
    this.janitor = janitor;
    this.cluster = cluster;
  }

  /** Announces the leader to all agents that have not acknowledged it, now and then. */
  void announce(Epoch epoch, Instant now) {
    for (Member member : agents.members()) {
      if (member.toBeAnnounced(now, settings.patience().resend())) {
        member.announcing(now);
        seams.agents().announce(member.node(), epoch);
      }
    }
  }

  /** An answer to an announcement; why the leader has to step down, if it has to. */
  Optional<String> announced(Input.Announced announced, Epoch epoch, Instant now) {
    if (announced.reply().isEmpty() || !announced.epoch().equals(epoch)) {
      return Optional.empty();
    }
    AnnounceReply reply = announced.reply().get();
    if (!reply.getAccepted()) {
      return Optional.of(followsAnother(announced.node()));
    }
    Inventory inventory =
        Inventory.newBuilder()
            .addAllSchedulerNodes(reply.getSchedulerNodesList())
            .addAllInstances(reply.getInstancesList())
            .setAbilities(reply.getAbilities())
            .build();
    inventory(announced.node(), inventory, now);
    agents.member(announced.node()).ifPresent(Member::acknowledge);
    LOG.info("agent={} epoch={} state=acknowledged", announced.node(), epoch);
    executor.tick(epoch, now);
    return Optional.empty();
  }

  /** An answer to a command; why the leader has to step down, if it has to. */
  Optional<String> answered(Input.Answered answered, Instant now) {
    if (answered.result().filter(AgentDesk::isStale).isPresent()) {
      return Optional.of(followsAnother(answered.node()));
    }
    if (!janitor.answered(answered.requestId(), answered.result())) {
      executor.agentAnswered(answered.requestId(), answered.result(), now);
    }
    return Optional.empty();
  }

  void disconnected(Input.Disconnected gone, Instant now) {
    LOG.warn("agent={} state=disconnected reason=\"{}\"", gone.node(), gone.reason());
    agents.disconnected(gone.node(), now);
    agents.at(gone.node()).forEach(cluster::touch);
    executor.disconnected(gone.node());
  }

  void reported(NodeId node, AgentEvent event, Instant now) {
    switch (event.getEventCase()) {
      case INVENTORY -> inventory(node, event.getInventory(), now);
      case CHANGED -> seen(node, event.getChanged(), now);
      case LEASE_EXPIRED -> {
        InstanceStatus status = event.getLeaseExpired().getStatus();
        LOG.warn("instance={} node={} state=\"its lease expired\"", status.getInstance(), node);
        seen(node, status, now);
      }
      case TELEMETRY -> {
        agents.telemetry(node, event.getTelemetry(), now);
        cluster.sampled(node, now);
      }
      case EVENT_NOT_SET -> LOG.warn("agent={} event=\"empty\"", node);
    }
  }

  private void inventory(NodeId node, Inventory inventory, Instant now) {
    boolean reachChanged = agents.inventory(node, inventory, now);
    agents.at(node).forEach(cluster::touch);
    if (reachChanged) {
      cluster.touchAll();
    }
  }

  private void seen(NodeId node, InstanceStatus status, Instant now) {
    agents.seen(node, status, now);
    Names.instance(status.getInstance()).ifPresent(cluster::touch);
  }

  private static boolean isStale(AgentResult result) {
    return result.hasFailure() && result.getFailure().getCode() == FailureCode.STALE_EPOCH;
  }

  private static String followsAnother(NodeId node) {
    return "the agent of %s follows a newer leader".formatted(node);
  }
}
