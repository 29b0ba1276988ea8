package io.dormouse.engine.pricing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableMap;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.MoneyRate;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PricedModelTest {
  private static final PricedModel REFERENCE = PricedModel.reference();

  @Test
  void everyDialLevelHasALabel() {
    for (Dial dial : Dial.values()) {
      assertThat(Dial.ofLabel(dial.label())).contains(dial);
      assertThat(REFERENCE.dial(dial).k()).isGreaterThanOrEqualTo(1);
    }
    assertThat(Dial.ofLabel("Balanced")).isEmpty();
  }

  @Test
  void anIncompleteModelIsRefused() {
    Map<HibernationLevel, LevelModel> levels = new HashMap<>(REFERENCE.levels());
    levels.remove(HibernationLevel.L4_KERNEL_SNAPSHOT);

    assertThatThrownBy(() -> with(REFERENCE.dials(), ImmutableMap.copyOf(levels)))
        .hasMessageContaining("level L4_KERNEL_SNAPSHOT")
        .hasMessageContaining("Maybe");
    assertThatThrownBy(() -> with(ImmutableMap.of(), REFERENCE.levels()))
        .hasMessageContaining("dial level thrifty");
  }

  private static PricedModel with(
      ImmutableMap<Dial, DialSetting> dials, ImmutableMap<HibernationLevel, LevelModel> levels) {
    return new PricedModel(REFERENCE.prices(), dials, levels, 3.6, 60, Duration.ofMinutes(10));
  }

  @Test
  void refusesImpossibleNumbers() {
    assertThatThrownBy(() -> new Prices(-1, 0, 0, 0)).hasMessageContaining("ramUsdPerGibHour");
    assertThatThrownBy(() -> new Prices(0, Double.NaN, 0, 0)).hasMessageContaining("coreUsd");
    assertThatThrownBy(() -> new DialSetting(0.5, MoneyRate.ZERO)).hasMessageContaining("k (0.5)");
    assertThatThrownBy(() -> REFERENCE.level(HibernationLevel.AWAKE))
        .hasMessageContaining("AWAKE has no model");
  }

  @Test
  void readerNamesTheKeyThatIsWrong() {
    assertThatThrownBy(() -> PricedModelReader.read(Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("key prices");
    assertThatThrownBy(() -> PricedModelReader.read(Map.of("prices", 1)))
        .hasMessageContaining("key prices of the scenarios must be a map");
  }
}
