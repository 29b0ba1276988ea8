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
import java.util.Set;

/**
 * A daemon's YAML file: a map whose keys are all known. A dot of a key stands for a level: {@code
 * tls.key} is {@code key} below {@code tls}.
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
  static ConfigFile read(Path file, Set<String> known) {
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

  /** A text that must be there. */
  String text(String key) {
    return optionalText(key)
        .orElseThrow(() -> bad("the key %s is missing.".formatted(key), "Maybe add it."));
  }

  /** A text that may be there. */
  Optional<String> optionalText(String key) {
    JsonNode value = values.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isValueNode() || value.asText().isBlank()) {
      throw bad("the key %s must be one text.".formatted(key), "Maybe quote it.");
    }
    return Optional.of(value.asText());
  }

  /** A path that must be there. */
  Path path(String key) {
    return Path.of(text(key));
  }

  /** Whether a key is there. */
  boolean has(String key) {
    return values.has(key);
  }

  /** A whole number, or {@code otherwise}. */
  int number(String key, int otherwise) {
    JsonNode value = values.path(key);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.canConvertToInt() || !value.isIntegralNumber()) {
      throw bad(
          "the key %s (%s) must be a whole number.".formatted(key, value), "Maybe it is quoted.");
    }
    return value.asInt();
  }

  /** Yes or no, or {@code otherwise}. */
  boolean flag(String key, boolean otherwise) {
    JsonNode value = values.path(key);
    if (!value.isMissingNode() && !value.isBoolean()) {
      throw bad(
          "the key %s (%s) must be true or false.".formatted(key, value), "Maybe it is quoted.");
    }
    return value.asBoolean(otherwise);
  }

  /** A list of texts; empty where the key is not there. */
  List<String> texts(String key) {
    JsonNode value = values.path(key);
    if (!value.isMissingNode() && !value.isArray()) {
      throw bad("the key %s must be a list.".formatted(key), "Maybe write it like [a, b].");
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
