package io.dormouse.yarn.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the ResourceManager's plugin sends: the cluster as of one beat.
 *
 * @param format 1
 * @param takenAtMillis milliseconds since 1970
 * @param truncated whether rows were left out
 * @param containers ids of those that live
 */
public record PluginView(
    int format,
    long takenAtMillis,
    boolean truncated,
    List<NodeRow> nodes,
    List<AppRow> apps,
    List<String> containers) {
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
    apps = List.copyOf(apps);
    containers = List.copyOf(containers);
  }

  /** An amount of resources. */
  public record Amount(long memoryBytes, long vcores) {}

  /** A node; {@code state} as YARN names it. */
  public record NodeRow(String id, String state, Amount capacity, Amount used) {}

  /** An application that is not over; {@code pending} is what it asked for and has not got. */
  public record AppRow(String id, String type, Amount pending) {}

  /**
   * Reads a view.
   *
   * @throws IllegalArgumentException when it is malformed
   */
  public static PluginView parse(byte[] json) {
    try {
      @Nullable PluginView view = JSON.readValue(json, PluginView.class);
      if (view == null) {
        throw new IllegalArgumentException("The plugin's view is malformed: it is null.");
      }
      return view;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "The plugin's view is malformed: " + e.getOriginalMessage(), e);
    } catch (java.io.IOException e) {
      throw new IllegalArgumentException("The plugin's view is malformed.", e);
    }
  }
}
