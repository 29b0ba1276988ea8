package io.dormouse.cli.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenarioModelTest {
  @Test
  void readsNumbersByTheirPath(@TempDir Path folder) throws IOException {
    ScenarioModel model = read(folder, "prices: {ram: 0.005}\nup:\n  speed: 60   # x\n");

    assertThat(model.number("prices", "ram")).isEqualTo(0.005);
    assertThat(model.number("up", "speed")).isEqualTo(60);
    assertThat(model.isPinned()).isFalse();
  }

  @Test
  void saysWhichKeyIsMissingOrNotANumber(@TempDir Path folder) throws IOException {
    ScenarioModel model = read(folder, "prices: {ram: dear, core: -1}\n");

    assertThatThrownBy(() -> model.number("prices", "ram"))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("prices.ram must be a number of at least 0, but is \"dear\"");
    assertThatThrownBy(() -> model.number("prices", "core")).hasMessageContaining("-1");
    assertThatThrownBy(() -> model.number("nvme"))
        .hasMessageContaining("nvme")
        .hasMessageContaining("missing");
  }

  @Test
  void refusesWhatIsNotYamlNotAMapNotThere(@TempDir Path folder) {
    assertThatThrownBy(() -> read(folder, "a: [1, 2\n"))
        .isInstanceOfSatisfying(
            CommandFailure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.BAD_USAGE))
        .hasMessageContaining("Maybe ");
    assertThatThrownBy(() -> read(folder, "just text\n")).hasMessageContaining("not a map");
    assertThatThrownBy(() -> ScenarioModel.read(folder.resolve("none")))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("can't be read");
  }

  private static ScenarioModel read(Path folder, String text) throws IOException {
    return ScenarioModel.read(Files.writeString(folder.resolve("s.yaml"), text));
  }
}
