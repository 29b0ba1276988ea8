package io.dormouse.controller.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code -Ddocs.write=true} makes the page anew. */
class ConfigurationPageTest {
  private static final Path PAGE = Path.of("../../docs/configuration.md");
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

  @Test
  void thePageSaysWhatTheCodeSays() throws IOException {
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(PAGE, page());
    }

    assertThat(Files.readString(PAGE))
        .as("docs/configuration.md is stale: run this test with -Ddocs.write=true")
        .isEqualTo(page());
  }

  private static String page() {
    return INTRODUCTION
        + Arrays.stream(Key.values()).map(ConfigurationPageTest::row).collect(Collectors.joining());
  }

  private static String row(Key key) {
    String none = key.isWanted() ? "**must be set**" : "none";
    String otherwise = key.otherwise().map("`%s`"::formatted).orElse(none);
    return "| `%s` | %s | %s | %s |\n".formatted(key.path(), key.type(), otherwise, key.doc());
  }

  @Test
  void everyKeyIsExplained() {
    assertThat(Key.values())
        .allMatch(key -> key.doc().endsWith(".") && !key.type().isBlank())
        .extracting(Key::path)
        .doesNotHaveDuplicates();
    assertThat(page().lines().filter(line -> line.startsWith("| `"))).hasSize(Key.values().length);
    assertThat(Arrays.stream(Key.values()).filter(Key::isWanted))
        .containsExactly(Key.ZOOKEEPER, Key.SCHEDULER_NAME);
  }
}
