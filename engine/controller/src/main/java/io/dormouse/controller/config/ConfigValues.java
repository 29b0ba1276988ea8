package io.dormouse.controller.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The values of a configuration file, by key; the default of a key where the file has none. */
final class ConfigValues {
  private static final String UNIT = "a unit is missing or wrong.";
  private static final int SHOWN_MAX = 100;

  private final JsonNode root;

  /** Refuses keys that there are not. */
  ConfigValues(JsonNode root) {
    this.root = root;
    refuseUnknown("", root);
  }

  private static void refuseUnknown(String prefix, JsonNode section) {
    if (!section.isObject() && !section.isMissingNode() && !section.isNull()) {
      throw new ConfigException(
          "The section (%s) must have keys, but is (%s).".formatted(prefix, shown(section)),
          "an indentation is missing below it.");
    }
    List<String> names = Key.namesBelow(prefix);
    for (Map.Entry<String, JsonNode> entry : section.properties()) {
      String path = prefix + entry.getKey();
      if (!names.contains(entry.getKey())) {
        throw new ConfigException(
            "The key (%s) is unknown.".formatted(path),
            "%s%s is meant.".formatted(prefix, NearestName.of(entry.getKey(), names)));
      }
      if (!Key.isKey(path)) {
        refuseUnknown(path + ".", entry.getValue());
      }
    }
  }

  /** A single value that is not blank; empty where neither file nor default has one. */
  Optional<String> text(Key key) {
    JsonNode value = node(key);
    if (isAbsent(value)) {
      return key.otherwise();
    }
    if (!value.isValueNode()) {
      throw wrong(key, shown(value), "a single value", "its value is indented too far.");
    }
    if (value.asText().isBlank()) {
      throw wrong(key, value.asText(), key.type(), "the key is not needed at all.");
    }
    return Optional.of(value.asText().strip());
  }

  String required(Key key) {
    return text(key)
        .orElseThrow(
            () ->
                new ConfigException(
                    "The key (%s) is missing.".formatted(key.path()),
                    "it is spelled otherwise, or indented too far."));
  }

  /** A value that {@code parser} understands. */
  <T> T parsed(Key key, Function<String, Optional<T>> parser, String expected, String maybe) {
    String value = required(key);
    return parser.apply(value).orElseThrow(() -> wrong(key, value, expected, maybe));
  }

  /** One of some names. */
  <T> T choice(Key key, Map<String, T> choices) {
    return choice(key, required(key), choices);
  }

  private <T> T choice(Key key, String name, Map<String, T> choices) {
    T chosen = choices.get(name);
    if (chosen == null) {
      throw wrong(
          key,
          name,
          "one of " + String.join(", ", choices.keySet()),
          NearestName.of(name, choices.keySet()) + " is meant.");
    }
    return chosen;
  }

  /** Several of some names. */
  <T> List<T> choices(Key key, Map<String, T> choices) {
    List<T> chosen = new ArrayList<>();
    for (String name : texts(key)) {
      chosen.add(choice(key, name, choices));
    }
    return chosen;
  }

  private Collection<String> texts(Key key) {
    JsonNode value = node(key);
    if (isAbsent(value)) {
      String list = key.otherwise().orElseThrow();
      return Splitter.on(", ").splitToList(list.substring(1, list.length() - 1));
    }
    if (!value.isArray()) {
      throw wrong(key, shown(value), "a list", "brackets are missing, as in [l1, l3].");
    }
    List<String> texts = new ArrayList<>();
    value.forEach(element -> texts.add(element.asText()));
    return texts;
  }

  /** Several texts that are not blank. */
  List<String> list(Key key) {
    return texts(key).stream().map(String::strip).filter(text -> !text.isEmpty()).toList();
  }

  Duration duration(Key key) {
    return parsed(key, Quantities::duration, "a duration as in 500ms, 2s, 5m or 1h", UNIT);
  }

  Duration positiveDuration(Key key) {
    return parsed(
        key,
        text -> Quantities.duration(text).filter(duration -> !duration.isZero()),
        "a duration above 0 as in 500ms, 2s, 5m or 1h",
        UNIT);
  }

  long dataSize(Key key, long most) {
    return parsed(
        key,
        text -> Quantities.dataSize(text).filter(bytes -> bytes > 0 && bytes <= most),
        "a size as in 64KiB, 10MiB or 1GiB, above 0 and at most %d B".formatted(most),
        UNIT);
  }

  long number(Key key, long least, long most) {
    return parsed(
        key,
        text -> whole(text).filter(number -> number >= least && number <= most),
        "a whole number from %d to %d".formatted(least, most),
        "a digit is too many, or the default (%s) will do.".formatted(key.otherwise().orElse("")));
  }

  Optional<Path> path(Key key) {
    return text(key)
        .map(
            text -> {
              try {
                return Path.of(text);
              } catch (InvalidPathException malformed) {
                throw wrong(key, text, "a path", "a character in it is no letter at all.");
              }
            });
  }

  /** A map whose keys are free to choose. */
  ImmutableMap<String, String> map(Key key) {
    JsonNode map = node(key);
    ImmutableMap.Builder<String, String> values = ImmutableMap.builder();
    if (!map.isObject() && !isAbsent(map)) {
      throw wrong(key, shown(map), "keys with values", "an indentation is missing below it.");
    }
    map.properties().forEach(entry -> flatten(entry.getKey(), entry.getValue(), values));
    return values.buildKeepingLast();
  }

  private static void flatten(
      String name, JsonNode value, ImmutableMap.Builder<String, String> into) {
    if (value.isObject()) {
      value
          .properties()
          .forEach(entry -> flatten(name + "." + entry.getKey(), entry.getValue(), into));
    } else {
      into.put(name, value.asText());
    }
  }

  private JsonNode node(Key key) {
    JsonNode node = root;
    for (String name : Splitter.on('.').split(key.path())) {
      node = node.path(name);
    }
    return node;
  }

  private static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }

  private static Optional<Long> whole(String text) {
    try {
      return Optional.of(Long.parseLong(text));
    } catch (NumberFormatException notANumber) {
      return Optional.empty();
    }
  }

  private static String shown(JsonNode value) {
    String text = value.toString();
    return text.length() > SHOWN_MAX ? text.substring(0, SHOWN_MAX) + "…" : text;
  }

  ConfigException wrong(Key key, String value, String expected, String maybe) {
    return wrong(key.path(), value, expected, maybe);
  }

  /** For a value below a key. */
  ConfigException wrong(String path, String value, String expected, String maybe) {
    String shown = value.length() > SHOWN_MAX ? value.substring(0, SHOWN_MAX) + "…" : value;
    return new ConfigException(
        "The value (%s) of %s must be %s.".formatted(shown, path, expected), maybe);
  }
}
