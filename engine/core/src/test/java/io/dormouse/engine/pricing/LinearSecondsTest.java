package io.dormouse.engine.pricing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinearSecondsTest {
  @ParameterizedTest
  @CsvSource({
    "0.01,0.01,0",
    "0.3 + 0.4 s / 0.5,0.3,0.8",
    "0.2 + s / 0.5,0.2,2",
    "0.1 + 2 s,0.1,2",
    "1 + s,1,1"
  })
  void readsTheFormulasOfTheScenarios(String formula, double base, double perGib) {
    assertThat(LinearSeconds.parse(formula)).isEqualTo(new LinearSeconds(base, perGib));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "-1", "0.1 + t", "0.1 - s", "2 s at 0.3 core", "1 + s / x"})
  void refusesAnythingElse(String formula) {
    assertThatThrownBy(() -> LinearSeconds.parse(formula))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("formula (" + formula + ")");
  }

  @Test
  void refusesADivisionByZero() {
    assertThatThrownBy(() -> LinearSeconds.parse("1 + s / 0"))
        .hasMessageContaining("must be finite");
  }

  @Test
  void growsWithSize() {
    assertThat(new LinearSeconds(0.2, 2).at(1.5)).isEqualTo(3.2);
  }
}
