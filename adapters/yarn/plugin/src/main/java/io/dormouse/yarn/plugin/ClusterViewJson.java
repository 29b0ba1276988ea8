package io.dormouse.yarn.plugin;

import io.dormouse.yarn.plugin.ClusterView.Amount;

/** Writes a view as the JSON document that the adapter reads. */
final class ClusterViewJson {
  static final int FORMAT = 1;

  private ClusterViewJson() {}

  /** One JSON object. */
  static String write(ClusterView view) {
    JsonWriter json = new JsonWriter();
    json.beginObject()
        .field("format", FORMAT)
        .field("takenAtMillis", view.takenAtMillis)
        .field("truncated", view.truncated);
    writeNodes(json, view);
    writeApps(json, view);
    json.key("containers").beginArray();
    for (String container : view.containers) {
      json.value(container);
    }
    return json.endArray().endObject().toString();
  }

  private static void writeNodes(JsonWriter json, ClusterView view) {
    json.key("nodes").beginArray();
    for (ClusterView.NodeRow node : view.nodes) {
      json.beginObject().field("id", node.id).field("state", node.state);
      amount(json.key("capacity"), node.capacity);
      amount(json.key("used"), node.used);
      json.endObject();
    }
    json.endArray();
  }

  private static void writeApps(JsonWriter json, ClusterView view) {
    json.key("apps").beginArray();
    for (ClusterView.AppRow app : view.apps) {
      json.beginObject().field("id", app.id).field("type", app.type);
      amount(json.key("pending"), app.pending);
      json.endObject();
    }
    json.endArray();
  }

  private static void amount(JsonWriter json, Amount amount) {
    json.beginObject()
        .field("memoryBytes", amount.memoryBytes)
        .field("vcores", amount.vcores)
        .endObject();
  }
}
