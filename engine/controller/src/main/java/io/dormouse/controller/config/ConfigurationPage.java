package io.dormouse.controller.config;

import java.util.Arrays;
import java.util.stream.Collectors;

/** docs/configuration.md, made from {@link Key}. */
public final class ConfigurationPage {
  private static final String INTRODUCTION =
      """
      # Configuration of the controller

      <!-- Made from code: io.dormouse.controller.config.Key. A test holds the two equal; run it with -Ddocs.write=true to make this page anew. -->

      `dormouse controller --config dormouse.yaml` reads one YAML file of at most 1 MiB. A dot stands for a level: `rest.port` is `port` below `rest`. Unknown keys and values out of range are errors, which name the key, the value and a likely fix. Relative paths start at the working directory.

      - A *duration* is a number with ms, s, m, h or d: `500ms`, `10s`, `3m`.
      - A *size* is a number with B, KiB, MiB, GiB or TiB: `64KiB`.
      - A *secret* never stands in the file itself, only the path of its own file, which nobody but its owner may read (`chmod 600`).

      | key | value | default | what it is for |
      |---|---|---|---|
      """;

  private ConfigurationPage() {}

  /** The page, in Markdown. */
  public static String markdown() {
    return INTRODUCTION
        + Arrays.stream(Key.values()).map(ConfigurationPage::row).collect(Collectors.joining());
  }

  private static String row(Key key) {
    String none = key.isWanted() ? "**must be set**" : "none";
    String otherwise = key.otherwise().map("`%s`"::formatted).orElse(none);
    return "| `%s` | %s | %s | %s |\n".formatted(key.path(), key.type(), otherwise, key.doc());
  }
}
