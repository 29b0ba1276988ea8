package io.dormouse.controller.coordination;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.dormouse.controller.machine.InstanceRecord;
import io.dormouse.controller.machine.InstanceRecord.Garbage;
import io.dormouse.controller.machine.Intent;
import io.dormouse.controller.machine.Kind;
import io.dormouse.controller.machine.Placement;
import io.dormouse.controller.machine.Step;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.Epoch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/** Intents and registry entries as JSON, version 1. Unknown fields are ignored when read. */
final class Codec {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int VERSION = 1;

  private Codec() {}

  static byte[] write(Intent intent) {
    ObjectNode node = JSON.createObjectNode().put("version", VERSION);
    node.put("id", intent.id());
    node.put("kind", intent.kind().name());
    node.put("decision", intent.decision());
    node.put("instance", intent.instance().map(InstanceId::value).orElse(""));
    node.put("class", intent.workloadClass().value());
    node.put("from", intent.from().name());
    node.put("to", intent.to().name());
    node.put("step", intent.step().name());
    node.put("tries", intent.tries());
    node.put("attempt", intent.attempt());
    node.put("node", intent.node().map(NodeId::value).orElse(""));
    node.put("image", intent.image());
    node.put("draft", intent.draft());
    node.put("life", intent.life());
    intent
        .elsewhere()
        .ifPresent(
            other ->
                node.putObject("elsewhere")
                    .put("node", other.node().value())
                    .put("life", other.life()));
    node.put("problem", intent.problem());
    node.put("since", intent.since().toString());
    return bytes(node);
  }

  static Intent readIntent(byte[] bytes) throws IOException {
    JsonNode node = parse(bytes);
    return new Intent(
        text(node, "id"),
        Kind.valueOf(text(node, "kind")),
        text(node, "decision"),
        optional(node, "instance").map(InstanceId::new),
        new WorkloadClassId(text(node, "class")),
        HibernationLevel.valueOf(text(node, "from")),
        HibernationLevel.valueOf(text(node, "to")),
        Step.valueOf(text(node, "step")),
        node.path("tries").asInt(),
        node.path("attempt").asInt(),
        optional(node, "node").map(NodeId::new),
        text(node, "image"),
        node.path("draft").asText(""),
        text(node, "life"),
        elsewhere(node.path("elsewhere")),
        text(node, "problem"),
        Instant.parse(text(node, "since")));
  }

  private static Optional<Intent.Elsewhere> elsewhere(JsonNode node) throws IOException {
    return node.isMissingNode()
        ? Optional.empty()
        : Optional.of(new Intent.Elsewhere(new NodeId(text(node, "node")), text(node, "life")));
  }

  static byte[] write(InstanceRecord record) {
    ObjectNode node = JSON.createObjectNode().put("version", VERSION);
    node.put("id", record.id().value());
    node.put("class", record.workloadClass().value());
    node.put("level", record.level().name());
    node.put("life", record.life());
    node.put("image", record.image());
    node.put("node", record.node().map(NodeId::value).orElse(""));
    record.alsoAt().ifPresent(other -> node.put("alsoAt", other.value()));
    node.put("owner", record.owner());
    ArrayNode garbage = node.putArray("garbage");
    ArrayNode garbageAt = node.putArray("garbageAt");
    for (Garbage image : record.garbage()) {
      garbage.add(image.generation());
      garbageAt.add(image.at().map(NodeId::value).orElse(""));
    }
    node.put("reason", record.reason());
    node.put("since", record.since().toString());
    return bytes(node);
  }

  /** Others read this: docs/traffic.md. */
  static byte[] write(Placement placement, Epoch epoch) {
    ObjectNode node = JSON.createObjectNode().put("version", VERSION);
    node.put("service", placement.service().name());
    node.put("host", placement.host());
    node.put("port", placement.service().port());
    node.put("instance", placement.service().instance().value());
    node.put("generation", placement.life());
    node.put("node", placement.node().value());
    node.putObject("epoch").put("incarnation", epoch.incarnation()).put("czxid", epoch.czxid());
    return bytes(node);
  }

  static InstanceRecord readRecord(byte[] bytes) throws IOException {
    JsonNode node = parse(bytes);
    ImmutableList.Builder<Garbage> garbage = ImmutableList.builder();
    for (int i = 0; i < node.path("garbage").size(); i++) {
      garbage.add(
          new Garbage(
              node.path("garbage").get(i).asText(),
              place(node.path("garbageAt").path(i).asText(""))));
    }
    return new InstanceRecord(
        new InstanceId(text(node, "id")),
        new WorkloadClassId(text(node, "class")),
        HibernationLevel.valueOf(text(node, "level")),
        text(node, "life"),
        text(node, "image"),
        optional(node, "node").map(NodeId::new),
        place(node.path("alsoAt").asText("")),
        node.path("owner").asLong(-1),
        garbage.build(),
        text(node, "reason"),
        Instant.parse(text(node, "since")));
  }

  private static Optional<NodeId> place(String name) {
    return name.isEmpty() ? Optional.empty() : Optional.of(new NodeId(name));
  }

  private static JsonNode parse(byte[] bytes) throws IOException {
    JsonNode node = JSON.readTree(bytes);
    if (node.path("version").asInt() != VERSION) {
      throw new IOException(
          "The version (%s) of a stored entry must be %d.%nMaybe a newer controller wrote it: use that one."
              .formatted(node.path("version"), VERSION));
    }
    return node;
  }

  private static String text(JsonNode node, String field) throws IOException {
    JsonNode value = node.path(field);
    if (!value.isTextual()) {
      throw new IOException("The field (%s) of a stored entry is missing.".formatted(field));
    }
    return value.asText();
  }

  private static Optional<String> optional(JsonNode node, String field) throws IOException {
    return Optional.of(text(node, field)).filter(value -> !value.isEmpty());
  }

  private static byte[] bytes(ObjectNode node) {
    return node.toString().getBytes(StandardCharsets.UTF_8);
  }
}
