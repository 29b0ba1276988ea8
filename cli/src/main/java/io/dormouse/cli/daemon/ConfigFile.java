package io.dormouse.cli.daemon;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.ExitCode;
import io.dormouse.controller.config.NearestName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * An agent's YAML file: a map whose keys are all {@link AgentKey}s. A dot of a key stands for a
 * level: {@code tls.key} is {@code key} below {@code tls}.
 */
final class ConfigFile {
  private static final int BYTES_MAX = 1 << 20;

  private final Path file;
  private final JsonNode values;

  private ConfigFile(Path file, JsonNode values) {
    this.file = file;
    this.values = values;
  }

  /**
   * Reads one.
   *
   * @throws CommandFailure when it can't be read, is no map, or has unknown keys
   */
  static ConfigFile read(Path file) {
    Set<String> known = AgentKey.paths();
    ObjectNode flat = JsonNodeFactory.instance.objectNode();
    ConfigFile config = new ConfigFile(file, flat);
    config.flatten("", parse(file), flat);
    for (var entry : config.values.properties()) {
      if (!known.contains(entry.getKey())) {
        throw config.bad(
            "the key %s is unknown.".formatted(entry.getKey()),
            "Maybe %s was meant.".formatted(NearestName.of(entry.getKey(), known)));
      }
    }
    return config;
  }

  private void flatten(String prefix, JsonNode section, ObjectNode flat) {
    for (var entry : section.properties()) {
      String key = prefix + entry.getKey();
      if (entry.getValue().isObject() && prefix.isEmpty()) {
        flatten(key + ".", entry.getValue(), flat);
      } else if (flat.has(key)) {
        throw bad("the key %s is there twice.".formatted(key), "Maybe remove one.");
      } else {
        flat.set(key, entry.getValue());
      }
    }
  }

  private static JsonNode parse(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(BYTES_MAX + 1);
      if (bytes.length > BYTES_MAX) {
        throw failure(
            file,
            "it is longer than %d bytes.".formatted(BYTES_MAX),
            "Maybe it is another kind of file.");
      }
      JsonNode values = new YAMLMapper().readTree(bytes);
      if (values == null || !values.isObject()) {
        throw failure(file, "it is not a map of keys to values.", "Maybe a colon is missing.");
      }
      return values;
    } catch (JsonProcessingException malformed) {
      throw failure(file, malformed.getOriginalMessage(), "Maybe an indent is wrong.");
    } catch (IOException unreadable) {
      throw failure(file, "it can't be read: " + unreadable, "Maybe the path has a typing error.");
    }
  }

  /** A text, or its default; one of the two must be there. */
  String text(AgentKey key) {
    return optionalText(key)
        .orElseThrow(() -> bad("the key %s is missing.".formatted(key.path()), "Maybe add it."));
  }

  /** A text, or its default; neither need be there. */
  Optional<String> optionalText(AgentKey key) {
    JsonNode value = values.path(key.path());
    if (value.isMissingNode() || value.isNull()) {
      return key.otherwise();
    }
    if (!value.isValueNode() || value.asText().isBlank()) {
      throw bad("the key %s must be one text.".formatted(key.path()), "Maybe quote it.");
    }
    return Optional.of(value.asText());
  }

  /** A path that must be there. */
  Path path(AgentKey key) {
    return Path.of(text(key));
  }

  /** A path that need not be there. */
  Optional<Path> optionalPath(AgentKey key) {
    return optionalText(key).map(Path::of);
  }

  /** Whether the file has it. */
  boolean has(AgentKey key) {
    return values.has(key.path());
  }

  /** A whole number, or its default; neither need be there. */
  OptionalInt optionalNumber(AgentKey key) {
    JsonNode value = values.path(key.path());
    if (value.isMissingNode()) {
      return key.otherwise()
          .map(Integer::parseInt)
          .map(OptionalInt::of)
          .orElse(OptionalInt.empty());
    }
    if (!value.canConvertToInt() || !value.isIntegralNumber()) {
      throw bad(
          "the key %s (%s) must be a whole number.".formatted(key.path(), value),
          "Maybe it is quoted.");
    }
    return OptionalInt.of(value.asInt());
  }

  /** A whole number that has a default. */
  int number(AgentKey key) {
    return optionalNumber(key).orElseThrow();
  }

  /** Yes or no; it has a default. */
  boolean flag(AgentKey key) {
    JsonNode value = values.path(key.path());
    if (!value.isMissingNode() && !value.isBoolean()) {
      throw bad(
          "the key %s (%s) must be true or false.".formatted(key.path(), value),
          "Maybe it is quoted.");
    }
    return value.asBoolean(Boolean.parseBoolean(key.otherwise().orElseThrow()));
  }

  /** A list of texts; empty where the key is not there. */
  List<String> texts(AgentKey key) {
    JsonNode value = values.path(key.path());
    if (!value.isMissingNode() && !value.isArray()) {
      throw bad("the key %s must be a list.".formatted(key.path()), "Maybe write it like [a, b].");
    }
    List<String> texts = new ArrayList<>();
    value.forEach(item -> texts.add(item.asText()));
    return texts;
  }

  CommandFailure bad(String cause, String fix) {
    return failure(file, cause, fix);
  }

  private static CommandFailure failure(Path file, String cause, String fix) {
    return new CommandFailure(
        ExitCode.BAD_USAGE, "The configuration %s is not usable: %s".formatted(file, cause), fix);
  }
}
