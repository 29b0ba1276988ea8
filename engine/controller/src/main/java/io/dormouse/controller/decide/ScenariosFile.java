package io.dormouse.controller.decide;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dormouse.engine.pricing.PricedModel;
import io.dormouse.engine.pricing.PricedModelReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A user's own {@code scenarios.yaml}: the same model for whoever decides and whoever reports. */
public final class ScenariosFile {
  private static final long BYTES_MAX = 1 << 20;

  private ScenariosFile() {}

  /**
   * Reads a model.
   *
   * @throws IOException if the file can't be read or understood; the message names the key
   */
  public static PricedModel read(Path file) throws IOException {
    if (Files.size(file) > BYTES_MAX) {
      throw new IOException(
          "The scenarios file (%s) must be at most %d bytes.%nMaybe another file was named."
              .formatted(file, BYTES_MAX));
    }
    try {
      YAMLMapper mapper = new YAMLMapper();
      JsonNode document = mapper.readTree(file.toFile());
      if (!document.isObject()) {
        throw new IllegalArgumentException(
            "It is not a map of sections.%nMaybe compare it with the one that the product ships."
                .formatted());
      }
      return PricedModelReader.read(mapper.convertValue(document, Map.class));
    } catch (JsonProcessingException malformed) {
      throw unusable(
          file,
          malformed.getOriginalMessage()
              + "%nMaybe an indentation or a bracket is wrong.".formatted(),
          malformed);
    } catch (IllegalArgumentException malformed) {
      throw unusable(file, String.valueOf(malformed.getMessage()), malformed);
    }
  }

  /** The cause ends with its likely fix. */
  private static IOException unusable(Path file, String cause, Exception behind) {
    return new IOException(
        "The scenarios file (%s) can't be used: %s".formatted(file, cause), behind);
  }
}
