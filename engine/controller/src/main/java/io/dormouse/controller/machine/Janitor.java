package io.dormouse.controller.machine;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.controller.machine.InstanceRecord.Garbage;
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
 * Has images discarded that nobody may wake any more: by the agent where they are, whose store may
 * be its own. One that was not heard for as long as instances may be missing counts as dead: then,
 * and where nobody knows who has an image, whichever agent is heard is asked. The registry
 * remembers them until then.
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
  private Optional<Instant> since = Optional.empty();
  private long sent;

  Janitor(MachineSettings settings, Seams seams, AgentRegistry agents, Registry registry) {
    this.settings = settings;
    this.seams = seams;
    this.agents = agents;
    this.registry = registry;
    this.commands = new Commands(settings);
  }

  private record Discard(InstanceId instance, Garbage image, Instant giveUpAt) {}

  void clear() {
    underWay.clear();
    since = Optional.empty();
  }

  void tick(Epoch epoch, Instant now) {
    underWay.values().removeIf(discard -> discard.giveUpAt().isBefore(now));
    since = since.or(() -> Optional.of(now));
    List<NodeId> ready =
        agents.members().stream().map(Member::node).filter(agents::isReady).toList();
    if (ready.isEmpty() || underWay.size() >= AT_ONCE) {
      return;
    }
    for (InstanceRecord record : registry.records()) {
      for (Garbage image : record.garbage()) {
        if (underWay.size() < AT_ONCE && !isUnderWay(record.id(), image)) {
          asked(image, ready, now).ifPresent(node -> send(node, record.id(), image, epoch, now));
        }
      }
    }
  }

  /** Empty while the agent that has it is only away. */
  private Optional<NodeId> asked(Garbage image, List<NodeId> ready, Instant now) {
    return image.at().filter(home -> !isDead(home, now)).isPresent()
        ? image.at().filter(agents::isReady)
        : Optional.of(ready.get((int) (sent % ready.size())));
  }

  private boolean isDead(NodeId home, Instant now) {
    Instant leading = since.orElse(now);
    Instant heard = agents.lastSign(home).filter(leading::isBefore).orElse(leading);
    return heard.plus(settings.patience().missing()).isBefore(now);
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
      LOG.info(
          "instance={} image={} state=discarded", discard.instance(), discard.image().generation());
    }
    return true;
  }

  private static boolean isGone(AgentResult result) {
    return result.hasDone() || result.getFailure().getCode() == FailureCode.IMAGE_MISSING;
  }

  private boolean isUnderWay(InstanceId instance, Garbage image) {
    return underWay.values().stream()
        .anyMatch(discard -> discard.instance().equals(instance) && discard.image().equals(image));
  }

  private void send(NodeId node, InstanceId instance, Garbage image, Epoch epoch, Instant now) {
    sent++;
    String id = "discard-%d-%d-%d".formatted(epoch.incarnation(), epoch.czxid(), sent);
    underWay.put(
        id, new Discard(instance, image, now.plus(settings.patience().resend().multipliedBy(5))));
    seams.agents().execute(node, commands.discard(id, instance, image.generation(), epoch));
  }
}
