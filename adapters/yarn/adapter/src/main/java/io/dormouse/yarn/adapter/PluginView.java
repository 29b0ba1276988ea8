package io.dormouse.yarn.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;

/**
 * What the ResourceManager's plugin sends: the cluster as of one beat.
 *
 * @param format 1
 * @param clusterStartedMillis when the ResourceManager started, milliseconds since 1970
 * @param sequence counts the beats since then
 * @param takenAtMillis milliseconds since 1970
 * @param truncated whether rows were left out
 */
public record PluginView(
    int format,
    long clusterStartedMillis,
    long sequence,
    long takenAtMillis,
    boolean truncated,
    List<NodeRow> nodes,
    List<ContainerRow> containers,
    List<QueueRow> queues) {
  private static final int FORMAT = 1;
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /** Copies the lists and checks the format. */
  public PluginView {
    if (format != FORMAT) {
      throw new IllegalArgumentException(
          "The format (%d) of the plugin's view must be %d.%nMaybe its version is another."
              .formatted(format, FORMAT));
    }
    nodes = List.copyOf(nodes);
    containers = List.copyOf(containers);
    queues = List.copyOf(queues);
  }

  /** An amount of resources. */
  public record Amount(long memoryBytes, long vcores) {}

  /** A node; {@code state} as YARN names it. */
  public record NodeRow(String id, String state, Amount capacity, Amount used) {}

  /** A container; {@code master} when an ApplicationMaster runs in it. */
  public record ContainerRow(
      String id, String node, String state, boolean master, Amount allocated) {}

  /** A queue and what waits in it. */
  public record QueueRow(String name, Amount pending, long pendingContainers) {}

  /**
   * Reads a view.
   *
   * @throws IllegalArgumentException when it is malformed
   */
  public static PluginView parse(byte[] json) {
    try {
      return JSON.readValue(json, PluginView.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "The plugin's view is malformed: " + e.getOriginalMessage(), e);
    } catch (java.io.IOException e) {
      throw new IllegalArgumentException("The plugin's view is malformed.", e);
    }
  }
}
