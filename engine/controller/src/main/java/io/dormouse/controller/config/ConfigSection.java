package io.dormouse.controller.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/** Part of a configuration file. Knows which keys were asked for; all others are errors. */
final class ConfigSection {
  private final String path;
  private final JsonNode node;
  private final TreeSet<String> known = new TreeSet<>();

  ConfigSection(String path, JsonNode node) {
    this.path = path;
    this.node = node;
    if (!node.isObject() && !node.isMissingNode() && !node.isNull()) {
      throw new ConfigException(
          "The section (%s) must have keys, but is (%s).".formatted(path, node),
          "an indentation is missing below it.");
    }
  }

  ConfigSection section(String key) {
    known.add(key);
    return new ConfigSection(path + key + ".", node.path(key));
  }

  Optional<String> text(String key) {
    known.add(key);
    JsonNode value = node.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isValueNode()) {
      throw wrong(key, value.toString(), "a single value", "its value is indented too far.");
    }
    return Optional.of(value.asText());
  }

  String required(String key) {
    return text(key)
        .filter(value -> !value.isBlank())
        .orElseThrow(
            () ->
                new ConfigException(
                    "The key (%s%s) is missing.".formatted(path, key),
                    "it is spelled otherwise, or indented too far."));
  }

  <T> T parsed(String key, T otherwise, Function<String, Optional<T>> parser, String expected) {
    return text(key)
        .map(
            value ->
                parser
                    .apply(value)
                    .orElseThrow(() -> wrong(key, value, expected, "a unit is missing or wrong.")))
        .orElse(otherwise);
  }

  Duration duration(String key, Duration otherwise) {
    return parsed(key, otherwise, Quantities::duration, "a duration as in 500ms, 2s, 5m or 1h");
  }

  long dataSize(String key, long otherwiseBytes) {
    return parsed(key, otherwiseBytes, Quantities::dataSize, "a size as in 64KiB, 10MiB or 1GiB");
  }

  long number(String key, long otherwise, long least, long most) {
    return parsed(
        key,
        otherwise,
        value -> whole(value).filter(number -> number >= least && number <= most),
        "a whole number from %d to %d".formatted(least, most));
  }

  /** Every key below this one is free to choose. */
  Map<String, String> map(String key) {
    known.add(key);
    Map<String, String> values = new LinkedHashMap<>();
    JsonNode map = node.path(key);
    if (!map.isObject() && !(map instanceof MissingNode) && !map.isNull()) {
      throw wrong(key, map.toString(), "keys with values", "an indentation is missing below it.");
    }
    map.properties().forEach(entry -> flatten(entry.getKey(), entry.getValue(), values));
    return values;
  }

  /** Refuses keys that nothing asked for. */
  void refuseUnknown() {
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                throw new ConfigException(
                    "The key (%s%s) is unknown.".formatted(path, name),
                    "%s%s is meant.".formatted(path, NearestName.of(name, known)));
              }
            });
  }

  private static void flatten(String name, JsonNode value, Map<String, String> into) {
    if (value.isObject()) {
      value
          .properties()
          .forEach(entry -> flatten(name + "." + entry.getKey(), entry.getValue(), into));
    } else {
      into.put(name, value.asText());
    }
  }

  private static Optional<Long> whole(String text) {
    try {
      return Optional.of(Long.parseLong(text.strip()));
    } catch (NumberFormatException notANumber) {
      return Optional.empty();
    }
  }

  ConfigException wrong(String key, String value, String expected, String maybe) {
    return new ConfigException(
        "The value (%s) of %s%s must be %s.".formatted(value, path, key, expected), maybe);
  }
}
