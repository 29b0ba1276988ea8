package io.dormouse.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DecisionCycleSmokeIT {
  /** Ten times the instances would take a hundred times as long if anything were quadratic. */
  @Test
  void aBeatGrowsAboutLinearly() {
    DecisionCycleSmoke.Look small = DecisionCycleSmoke.look(1_000, 7);
    DecisionCycleSmoke.Look large = DecisionCycleSmoke.look(10_000, 7);

    assertThat(large.cycleMillis()).isPositive().isLessThan(50 * small.cycleMillis());
    assertThat(large.cycleOverSort()).isPositive();
  }
}
