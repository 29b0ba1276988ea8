package io.dormouse.controller.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** {@code -Ddocs.write=true} makes the page anew. */
class ConfigurationPageTest {
  private static final Path PAGE = Path.of("../../docs/configuration.md");

  @Test
  void thePageSaysWhatTheCodeSays() throws IOException {
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(PAGE, ConfigurationPage.markdown());
    }

    assertThat(Files.readString(PAGE))
        .as("docs/configuration.md is stale: run this test with -Ddocs.write=true")
        .isEqualTo(ConfigurationPage.markdown());
  }

  @Test
  void everyKeyIsExplained() {
    assertThat(Key.values())
        .allMatch(key -> key.doc().endsWith(".") && !key.type().isBlank())
        .extracting(Key::path)
        .doesNotHaveDuplicates();
    assertThat(ConfigurationPage.markdown().lines().filter(line -> line.startsWith("| `")))
        .hasSize(Key.values().length);
    assertThat(Arrays.stream(Key.values()).filter(Key::isWanted))
        .containsExactly(Key.ZOOKEEPER, Key.SCHEDULER_NAME);
  }
}
