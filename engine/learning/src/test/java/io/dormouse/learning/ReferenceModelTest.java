package io.dormouse.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dormouse.engine.pricing.PricedModel;
import io.dormouse.engine.pricing.PricedModelReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The constants of core are those of the file that ships with it. */
class ReferenceModelTest {
  private static String shipped() throws IOException {
    try (InputStream file =
        PricedModel.class.getResourceAsStream("/io/dormouse/engine/scenarios.yaml")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static PricedModel read(String yaml) throws IOException {
    return PricedModelReader.read(
        new YAMLMapper().readValue(yaml, new TypeReference<Map<String, Object>>() {}));
  }

  @Test
  void theReferenceModelIsTheShippedFile() throws IOException {
    assertThat(read(shipped())).isEqualTo(PricedModel.reference());
  }

  @Test
  void anotherNumberMakesAnotherModel() throws IOException {
    String dearer = shipped().replace("nvme_usd_per_gib_hour: 0.00025", "nvme_usd_per_gib_hour: 1");

    assertThat(read(dearer)).isNotEqualTo(PricedModel.reference());
  }

  @Test
  void whatIsMissingOrOddIsNamed() throws IOException {
    String file = shipped();

    assertThatThrownBy(() -> read(file.replace("balanced: 1,", "")))
        .hasMessageContaining("hibernation.value_of_waiting_usd_per_hour.balanced");
    assertThatThrownBy(() -> read(file.replace("RAM of s", "a bit of RAM")))
        .hasMessageContaining("holding (a bit of RAM)");
    assertThatThrownBy(() -> read(file.replace("0.2 + s / 0.5", "quick")))
        .hasMessageContaining("formula (quick)");
  }
}
