package io.dormouse.cli.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.ExitCode;
import io.dormouse.engine.pricing.PricedModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenariosTest {
  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private Path folder;

  @Test
  void aCopyOfTheShippedFileIsThePinnedModelUnderAnotherName() throws IOException {
    Scenarios copy = read(shipped());

    assertThat(copy.model()).isEqualTo(PricedModel.reference());
    assertThat(copy.isPinned()).isFalse();
    assertThat(copy.source()).isEqualTo(folder.resolve("s.yaml").toString());
    assertThat(Scenarios.pinned().isPinned()).isTrue();
    assertThat(Scenarios.pinned().source()).isEqualTo("pinned");
  }

  @Test
  void saysWhichKeyIsMissingOrNotANumber() throws IOException {
    String shipped = shipped();

    assertThatThrownBy(() -> read(shipped.replace("ram_usd_per_gib_hour: 0.005", "")))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("prices.ram_usd_per_gib_hour")
        .hasMessageContaining("Maybe ");
    assertThatThrownBy(
            () -> read(shipped.replace("ram_usd_per_gib_hour: 0.005", "ram_usd_per_gib_hour: -1")))
        .hasMessageContaining("ramUsdPerGibHour (-1.0)");
    assertThatThrownBy(() -> read(shipped.replace("wall_second: 60", "wall_second: quick")))
        .hasMessageContaining("up.trace_seconds_per_wall_second");
  }

  @Test
  void refusesWhatIsNotYamlNotAMapNotThere() {
    assertThatThrownBy(() -> read("a: [1, 2\n"))
        .isInstanceOfSatisfying(
            CommandFailure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.BAD_USAGE))
        .hasMessageContaining("Maybe ");
    assertThatThrownBy(() -> read("just text\n")).hasMessageContaining("not a map");
    assertThatThrownBy(() -> read("")).hasMessageContaining("not a map");
    assertThatThrownBy(() -> read("#".repeat(1 << 21))).hasMessageContaining("at most");
    assertThatThrownBy(() -> Scenarios.read(folder.resolve("none")))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("can't be read");
  }

  private Scenarios read(String text) throws IOException {
    return Scenarios.read(Files.writeString(folder.resolve("s.yaml"), text));
  }

  private static String shipped() throws IOException {
    try (InputStream file =
        PricedModel.class.getResourceAsStream("/io/dormouse/engine/scenarios.yaml")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
