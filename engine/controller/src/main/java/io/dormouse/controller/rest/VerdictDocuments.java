package io.dormouse.controller.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.checkpoint.agentapi.HostMessages;
import io.dormouse.checkpoint.hosts.RestoreRules;
import io.dormouse.checkpoint.hosts.RestoreVerdict;
import io.dormouse.controller.machine.ControllerView;
import io.dormouse.controller.machine.ControllerView.AgentView;
import io.dormouse.controller.machine.ControllerView.InstanceView;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.NodeId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** On which nodes an instance can be restored, and why not on the others. */
final class VerdictDocuments {
  private VerdictDocuments() {}

  /** {@code kind}: what a reason is about, for programs. */
  private record Reason(String kind, String text) {}

  static ObjectNode of(InstanceView instance, ControllerView view) {
    ObjectNode json =
        Documents.object()
            .put("instance", instance.instance().id().value())
            .put("at", instance.at().map(NodeId::value).orElse(null));
    ArrayNode nodes = json.putArray("nodes");
    for (AgentView target : view.agents()) {
      List<Reason> reasons = against(instance, source(instance, view), target);
      ObjectNode node =
          nodes.addObject().put("id", target.node().value()).put("restorable", reasons.isEmpty());
      ArrayNode names = node.putArray("schedulerNodes");
      target.schedulerNodes().forEach(names::add);
      ArrayNode why = node.putArray("reasons");
      reasons.forEach(
          reason -> why.addObject().put("kind", reason.kind()).put("text", reason.text()));
    }
    return json;
  }

  private static Optional<AgentView> source(InstanceView instance, ControllerView view) {
    return view.agents().stream()
        .filter(agent -> instance.at().filter(agent.node()::equals).isPresent())
        .findFirst();
  }

  private static List<Reason> against(
      InstanceView instance, Optional<AgentView> source, AgentView target) {
    if (source.isEmpty()) {
      return List.of(new Reason("unknown", "no agent is known that has its process or its image"));
    }
    if (instance.noImage().isPresent()) {
      return List.of(new Reason("dump", instance.noImage().get()));
    }
    if (!target.levels().contains(HibernationLevel.L3_FULL_SNAPSHOT)) {
      return List.of(new Reason("tool", "its agent restores no images, or was never heard"));
    }
    RestoreVerdict verdict =
        RestoreRules.verdict(
            HostMessages.subject(source.get().host()), HostMessages.abilities(target.host()));
    return verdict instanceof RestoreVerdict.No no
        ? no.reasons().stream()
            .map(reason -> new Reason(name(reason.kind()), reason.text()))
            .toList()
        : List.of();
  }

  private static String name(RestoreVerdict.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
