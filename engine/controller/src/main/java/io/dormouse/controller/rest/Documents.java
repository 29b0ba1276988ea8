package io.dormouse.controller.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.controller.history.DecisionRow;
import io.dormouse.controller.history.OutcomeRow;
import io.dormouse.controller.machine.ControllerView;
import io.dormouse.controller.machine.InstanceRecord;
import io.dormouse.controller.machine.Intent;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.Node;
import io.dormouse.engine.model.NodeId;
import java.util.Locale;

/** Views and rows as JSON. */
final class Documents {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Documents() {}

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  static ObjectNode problem(Problem problem) {
    return object()
        .put("type", "about:blank")
        .put("title", problem.title())
        .put("status", problem.status())
        .put("detail", problem.detail())
        .put("fix", problem.fix());
  }

  static ObjectNode status(ControllerView view) {
    ObjectNode json =
        object()
            .put("cell", view.cell())
            .put("at", view.at().toString())
            .put("leader", view.leader())
            .put("mode", view.mode().name().toLowerCase(Locale.ROOT))
            .put("suspended", view.suspended())
            .put("schedulerConnected", view.schedulerConnected());
    view.epoch()
        .ifPresentOrElse(
            epoch ->
                json.putObject("epoch")
                    .put("incarnation", epoch.incarnation())
                    .put("czxid", epoch.czxid()),
            () -> json.putNull("epoch"));
    json.put("agents", view.agents().size());
    json.put(
        "agentsFollowing",
        view.agents().stream().filter(ControllerView.AgentView::acknowledged).count());
    json.put("nodes", view.nodes().size());
    json.put("instances", view.instances().size());
    json.put("queuedTasks", view.queuedTasks());
    ObjectNode usage = json.putObject("usage");
    view.agents()
        .forEach(
            agent ->
                usage.set(
                    agent.node().value(), agent.usage().map(UsageDocuments::node).orElse(null)));
    ArrayNode actions = json.putArray("actions");
    view.actions().forEach(intent -> actions.add(action(intent)));
    return json;
  }

  static ObjectNode nodes(ControllerView view) {
    ObjectNode json = object();
    ArrayNode nodes = json.putArray("nodes");
    view.nodes().forEach(node -> nodes.add(node(node)));
    ArrayNode agents = json.putArray("agents");
    for (ControllerView.AgentView agent : view.agents()) {
      ObjectNode one =
          agents
              .addObject()
              .put("id", agent.node().value())
              .put("connected", agent.connected())
              .put("follows", agent.acknowledged())
              .put("instances", agent.instances());
      ArrayNode names = one.putArray("schedulerNodes");
      agent.schedulerNodes().forEach(names::add);
      ArrayNode levels = one.putArray("levels");
      agent.levels().forEach(level -> levels.add(level.name()));
    }
    return json;
  }

  static ObjectNode instance(ControllerView.InstanceView view) {
    Instance instance = view.instance();
    ObjectNode json =
        object()
            .put("id", instance.id().value())
            .put("class", instance.workloadClass().value())
            .put("node", instance.node().map(NodeId::value).orElse(null))
            .put("phase", instance.phase().name())
            .put("level", instance.level().name())
            .put("phaseSince", instance.phaseSince().toString())
            .put("allocatedBytes", instance.allocated().memoryBytes())
            .put("residentBytes", instance.residentBytes());
    json.set("usage", view.usage().map(UsageDocuments::instance).orElse(null));
    ArrayNode levels = json.putArray("levels");
    instance.reachable().forEach(level -> levels.add(level.name()));
    json.put("noImage", view.noImage().orElse(null));
    view.record().ifPresent(record -> json.set("record", record(record)));
    return json;
  }

  static ObjectNode decision(DecisionRow row) {
    ObjectNode json =
        object()
            .put("id", row.id())
            .put("at", row.at())
            .put("action", row.action())
            .put("instance", row.instance().isEmpty() ? null : row.instance())
            .put("class", row.workloadClass().isEmpty() ? null : row.workloadClass())
            .put("from", row.from())
            .put("to", row.to())
            .put("disposition", row.disposition())
            .put("reason", row.reason())
            .put("netValue", row.netValueUsd());
    json.set("terms", stored(row.terms()));
    return json;
  }

  static ObjectNode explanation(DecisionRow row, Iterable<OutcomeRow> outcomes) {
    ObjectNode json =
        decision(row)
            .put("snapshotVersion", row.snapshotVersion())
            .put("configVersion", row.configVersion())
            .put("modelVersion", row.modelVersion());
    json.set("rejected", stored(row.rejected()));
    ArrayNode list = json.putArray("outcomes");
    outcomes.forEach(outcome -> list.add(outcome(outcome)));
    return json;
  }

  private static ObjectNode outcome(OutcomeRow row) {
    return object()
        .put("action", row.actionId())
        .put("kind", row.kind())
        .put("instance", row.instance().isEmpty() ? null : row.instance())
        .put("result", row.result())
        .put("reason", row.reason())
        .put("began", row.beganAt())
        .put("ended", row.endedAt())
        .put("totalSeconds", row.totalMicros() / 1e6)
        .put("activeSeconds", row.activeMicros() / 1e6)
        .put("imageBytes", row.imageBytes())
        .put("image", row.image())
        .put("life", row.life())
        .put("epoch", row.epoch());
  }

  private static ObjectNode node(Node node) {
    return object()
        .put("id", node.id().value())
        .put("pool", node.pool().value())
        .put("healthy", node.healthy())
        .put("memoryBytes", node.capacity().memoryBytes())
        .put("milliCores", node.capacity().milliCores())
        .put("allocatedBytes", node.allocated().memoryBytes())
        .put("allocatedMilliCores", node.allocated().milliCores());
  }

  private static ObjectNode action(Intent intent) {
    return object()
        .put("id", intent.id())
        .put("kind", intent.kind().name())
        .put("decision", intent.decision())
        .put("instance", intent.instance().map(InstanceId::value).orElse(null))
        .put("from", intent.from().name())
        .put("to", intent.to().name())
        .put("step", intent.step().name())
        .put("since", intent.since().toString())
        .put("problem", intent.problem());
  }

  private static ObjectNode record(InstanceRecord record) {
    return object()
        .put("level", record.level().name())
        .put("life", record.life())
        .put("image", record.image())
        .put("agent", record.node().map(NodeId::value).orElse(null))
        .put("owner", record.owner())
        .put("imagesToDiscard", record.garbage().size())
        .put("reason", record.reason())
        .put("since", record.since().toString());
  }

  private static JsonNode stored(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException malformed) {
      throw new IllegalStateException("The history holds malformed JSON.", malformed);
    }
  }
}
