package io.dormouse.controller.machine;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.Epoch;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has images discarded that nobody may wake any more: by the agent where their instance is, whose
 * store may be its own, else by whichever answers. The registry remembers them until then.
 */
final class Janitor {
  private static final Logger LOG = LoggerFactory.getLogger(Janitor.class);

  /** Most discards under way. */
  private static final int AT_ONCE = 16;

  private final MachineSettings settings;
  private final Seams seams;
  private final AgentRegistry agents;
  private final Registry registry;
  private final Commands commands;
  private final Map<String, Discard> underWay = new LinkedHashMap<>();
  private long sent;

  Janitor(MachineSettings settings, Seams seams, AgentRegistry agents, Registry registry) {
    this.settings = settings;
    this.seams = seams;
    this.agents = agents;
    this.registry = registry;
    this.commands = new Commands(settings);
  }

  private record Discard(InstanceId instance, String image, Instant giveUpAt) {}

  void clear() {
    underWay.clear();
  }

  void tick(Epoch epoch, Instant now) {
    underWay.values().removeIf(discard -> discard.giveUpAt().isBefore(now));
    List<NodeId> ready =
        agents.members().stream().map(AgentRegistry.Member::node).filter(agents::isReady).toList();
    if (ready.isEmpty() || underWay.size() >= AT_ONCE) {
      return;
    }
    for (InstanceRecord record : registry.records()) {
      for (String image : record.garbage()) {
        if (underWay.size() < AT_ONCE && !isUnderWay(record.id(), image)) {
          NodeId node =
              record
                  .node()
                  .filter(agents::isReady)
                  .orElseGet(() -> ready.get((int) (sent % ready.size())));
          send(node, record.id(), image, epoch, now);
        }
      }
    }
  }

  /** Whether the answer was for a discard. */
  boolean answered(String requestId, Optional<AgentResult> result) {
    Discard discard = underWay.get(requestId);
    if (discard == null) {
      return false;
    }
    if (result.isPresent() && isGone(result.get())) {
      underWay.remove(requestId);
      registry
          .find(discard.instance())
          .map(record -> record.discarded(discard.image()))
          .ifPresent(registry::write);
      LOG.info("instance={} image={} state=discarded", discard.instance(), discard.image());
    }
    return true;
  }

  private static boolean isGone(AgentResult result) {
    return result.hasDone() || result.getFailure().getCode() == FailureCode.IMAGE_MISSING;
  }

  private boolean isUnderWay(InstanceId instance, String image) {
    return underWay.values().stream()
        .anyMatch(discard -> discard.instance().equals(instance) && discard.image().equals(image));
  }

  private void send(NodeId node, InstanceId instance, String image, Epoch epoch, Instant now) {
    sent++;
    String id = "discard-%d-%d-%d".formatted(epoch.incarnation(), epoch.czxid(), sent);
    underWay.put(
        id, new Discard(instance, image, now.plus(settings.patience().resend().multipliedBy(5))));
    seams.agents().execute(node, commands.discard(id, instance, image, epoch));
  }
}
