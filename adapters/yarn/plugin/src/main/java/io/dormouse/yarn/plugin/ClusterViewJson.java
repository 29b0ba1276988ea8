package io.dormouse.yarn.plugin;

import io.dormouse.yarn.plugin.ClusterView.Amount;
import java.util.Map;

/** Writes a view as the JSON document that the adapter reads. */
final class ClusterViewJson {
  static final int FORMAT = 1;

  private ClusterViewJson() {}

  /**
   * One JSON object.
   *
   * @param counters the plugin's own counters
   */
  static String write(ClusterView view, Map<String, Long> counters) {
    JsonWriter json = new JsonWriter();
    json.beginObject()
        .field("format", FORMAT)
        .field("clusterStartedMillis", view.clusterStartedMillis)
        .field("sequence", view.sequence)
        .field("takenAtMillis", view.takenAtMillis)
        .field("truncated", view.truncated);
    writeNodes(json, view);
    writeApps(json, view);
    writeContainers(json, view);
    writeQueues(json, view);
    json.key("counters").beginObject();
    for (Map.Entry<String, Long> counter : counters.entrySet()) {
      json.field(counter.getKey(), counter.getValue());
    }
    return json.endObject().endObject().toString();
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
      json.beginObject()
          .field("id", app.id)
          .field("type", app.type)
          .field("user", app.user)
          .field("queue", app.queue)
          .field("state", app.state);
      amount(json.key("pending"), app.pending);
      json.endObject();
    }
    json.endArray();
  }

  private static void writeContainers(JsonWriter json, ClusterView view) {
    json.key("containers").beginArray();
    for (ClusterView.ContainerRow container : view.containers) {
      json.beginObject()
          .field("id", container.id)
          .field("node", container.node)
          .field("state", container.state)
          .field("master", container.master)
          .field("priority", container.priority);
      amount(json.key("allocated"), container.allocated);
      json.endObject();
    }
    json.endArray();
  }

  private static void writeQueues(JsonWriter json, ClusterView view) {
    json.key("queues").beginArray();
    for (ClusterView.QueueRow queue : view.queues) {
      json.beginObject()
          .field("name", queue.name)
          .field("pendingContainers", queue.pendingContainers);
      amount(json.key("pending"), queue.pending);
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
