package io.dormouse.cli.scenario;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The pinned model: prices, latencies and protocols that every study and report shares.
 *
 * @param source where it is from, for reports
 * @param document all of it
 */
public record ScenarioModel(String source, JsonNode document) {
  /** The resource that ships with the product. */
  static final String RESOURCE = "/io/dormouse/engine/scenarios.yaml";

  private static final int BYTES_MAX = 1 << 20;

  /** The model that ships with the product. */
  public static ScenarioModel pinned() {
    try (InputStream in = ScenarioModel.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("The resource %s is missing.".formatted(RESOURCE));
      }
      return parse("pinned", in.readNBytes(BYTES_MAX));
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** A model of the user's own. */
  public static ScenarioModel read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(BYTES_MAX + 1);
      if (bytes.length > BYTES_MAX) {
        throw bad(file.toString(), "it is larger than %d bytes.".formatted(BYTES_MAX));
      }
      return parse(file.toString(), bytes);
    } catch (IOException unreadable) {
      throw new CommandFailure(
          ExitCode.BAD_USAGE,
          "The scenarios file %s can't be read: %s".formatted(file, unreadable),
          "Maybe the path has a typing error, or the file is not readable for this user.",
          unreadable);
    }
  }

  private static ScenarioModel parse(String source, byte[] bytes) throws IOException {
    try {
      JsonNode document = new YAMLMapper().readTree(bytes);
      if (document == null || !document.isObject()) {
        throw bad(source, "it is not a map of sections.");
      }
      return new ScenarioModel(source, document);
    } catch (JsonProcessingException malformed) {
      throw bad(source, malformed.getOriginalMessage());
    }
  }

  /** Whether this is the model that ships with the product. */
  public boolean isPinned() {
    return source.equals("pinned");
  }

  /**
   * A number of at least zero.
   *
   * @param path section and keys
   */
  public double number(String... path) {
    JsonNode node = document;
    for (String key : path) {
      node = node.path(key);
    }
    if (!node.isNumber() || !(node.asDouble() >= 0)) {
      throw bad(
          source,
          "the key %s must be a number of at least 0, but is %s."
              .formatted(String.join(".", path), node.isMissingNode() ? "missing" : node));
    }
    return node.asDouble();
  }

  private static CommandFailure bad(String source, String cause) {
    return new CommandFailure(
        ExitCode.BAD_USAGE,
        "The scenarios file %s is not usable: %s".formatted(source, cause),
        "Maybe start from the file that ships with the product (%s in its jar)."
            .formatted(RESOURCE.substring(1)));
  }
}
