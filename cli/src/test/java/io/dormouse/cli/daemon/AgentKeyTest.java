package io.dormouse.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.cli.CliRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code -Ddocs.write=true} makes the page anew. */
class AgentKeyTest {
  private static final Path PAGE = Path.of("../docs/agent-configuration.md");
  private static final String INTRODUCTION =
      """
      # Configuration of an agent

      <!-- Made from code: io.dormouse.cli.daemon.AgentKey. A test holds the two equal; run it with -Ddocs.write=true to make this page anew. -->

      `dormouse agent --config agent.yaml` reads one YAML file of at most 1 MiB. A dot stands for a level: `tls.key` is `key` below `tls`. Unknown keys and values out of range are errors, which name the key, the value and a likely fix. [Installing](installing.md) has an example.

      - A *duration* is a number with ms, s, m, h or d: `12h`, `30d`.
      - A *size* is a number with B, KiB, MiB, GiB or TiB: `20GiB`.

      | key | value | default | what it is for |
      |---|---|---|---|
      """;

  @Test
  void thePageSaysWhatTheCodeSays() throws IOException {
    String page =
        INTRODUCTION
            + Arrays.stream(AgentKey.values()).map(AgentKeyTest::row).collect(Collectors.joining());
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(PAGE, page);
    }

    assertThat(Files.readString(PAGE))
        .as("docs/agent-configuration.md is stale: run this test with -Ddocs.write=true")
        .isEqualTo(page);
  }

  private static String row(AgentKey key) {
    String none = key.isWanted() ? "**must be set**" : "none";
    String otherwise = key.otherwise().map("`%s`"::formatted).orElse(none);
    return "| `%s` | %s | %s | %s |\n".formatted(key.path(), key.type(), otherwise, key.doc());
  }

  @Test
  void everyKeyIsExplainedOnce() {
    assertThat(AgentKey.values())
        .allMatch(key -> key.doc().endsWith(".") && !key.type().isBlank())
        .extracting(AgentKey::path)
        .doesNotHaveDuplicates();
  }

  @Test
  void helpNamesAllKeys() {
    CliRunner cli = new CliRunner();
    assertThat(cli.run("agent", "--help")).isZero();

    for (AgentKey key : AgentKey.values()) {
      assertThat(cli.out().replaceAll("\\s+", " ")).containsPattern("\\b" + key.path() + "\\b");
    }
  }
}
