package io.dormouse.checkpoint.engines;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;

/** An instance's spec as JSON: in its directory, and in its image. */
final class SpecJson {
  private static final int BYTES_MAX = 1 << 20;
  private static final int FORMAT_VERSION = 1;
  static final ObjectMapper MAPPER =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxDocumentLength(BYTES_MAX)
                      .maxNestingDepth(16)
                      .build())
              .build());

  private SpecJson() {}

  static void write(Path file, InstanceSpec spec) throws IOException {
    ObjectNode top = MAPPER.createObjectNode();
    top.put("formatVersion", FORMAT_VERSION);
    top.put("instance", spec.instance());
    top.put("generation", spec.generation().toString());
    top.put("ownerUid", spec.ownerUid());
    top.put("ownerGid", spec.ownerGid());
    top.set("argv", MAPPER.valueToTree(spec.argv()));
    top.set("environment", MAPPER.valueToTree(new TreeMap<>(spec.environment())));
    if (spec.memoryLimitBytes().isPresent()) {
      top.put("memoryLimitBytes", spec.memoryLimitBytes().getAsLong());
    }
    top.set(
        "readOnlyPaths",
        MAPPER.valueToTree(spec.readOnlyPaths().stream().map(Path::toString).toList()));
    Files.write(file, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(top));
  }

  /** What a file holds is no spec. */
  static final class MalformedSpecException extends IOException {
    private static final long serialVersionUID = 1;

    MalformedSpecException(String message) {
      super(message);
    }

    MalformedSpecException(String message, Exception cause) {
      super(message, cause);
    }
  }

  /**
   * Reads a spec.
   *
   * @throws MalformedSpecException with the reason, if the file is something else
   * @throws IOException if it can't be read
   */
  static InstanceSpec read(Path file) throws IOException {
    if (Files.size(file) > BYTES_MAX) {
      throw new MalformedSpecException("%s has more than %d bytes".formatted(file, BYTES_MAX));
    }
    byte[] json = Files.readAllBytes(file);
    try {
      return parse(file, MAPPER.readTree(json));
    } catch (JsonProcessingException e) {
      throw new MalformedSpecException(
          "%s is no JSON: %s".formatted(file, e.getOriginalMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new MalformedSpecException(
          "%s is no instance spec: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static InstanceSpec parse(Path file, JsonNode top) throws MalformedSpecException {
    if (top.path("formatVersion").asInt() != FORMAT_VERSION) {
      throw new MalformedSpecException(
          "%s must have format version %d".formatted(file, FORMAT_VERSION));
    }
    Map<String, String> environment = new TreeMap<>();
    top.path("environment")
        .properties()
        .forEach(e -> environment.put(e.getKey(), e.getValue().asText()));
    return new InstanceSpec(
        top.path("instance").asText(),
        UUID.fromString(top.path("generation").asText()),
        top.path("ownerUid").asLong(-1),
        top.path("ownerGid").asLong(-1),
        texts(top.path("argv")),
        environment,
        top.has("memoryLimitBytes")
            ? OptionalLong.of(top.path("memoryLimitBytes").asLong())
            : OptionalLong.empty(),
        texts(top.path("readOnlyPaths")).stream().map(Path::of).toList());
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(n -> texts.add(n.asText()));
    return texts;
  }
}
