package io.dormouse.engine.hibernation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class NextUseTest {
  private static final NextUse USE =
      NextUse.of(new double[] {10, 20}, new double[] {0.5, 0.25}, 40, 0.3);

  @Test
  void survivalIsLinearBetweenEdgesAndConstantBeyond() {
    assertThat(USE.survivalAfter(0)).isEqualTo(1);
    assertThat(USE.survivalAfter(-1)).isEqualTo(1);
    assertThat(USE.survivalAfter(5)).isCloseTo(0.75, within(1e-12));
    assertThat(USE.survivalAfter(10)).isEqualTo(0.5);
    assertThat(USE.survivalAfter(16)).isCloseTo(0.35, within(1e-12));
    assertThat(USE.survivalAfter(1e9)).isEqualTo(0.25);
  }

  @Test
  void meanCountsTheTail() {
    assertThat(USE.meanSeconds()).isCloseTo(7.5 + 3.75 + 0.25 * 40, within(1e-12));
  }

  @Test
  void arraysOfTheCallerAreCopied() {
    double[] edges = {1};
    double[] survival = {0.5};
    NextUse use = NextUse.of(edges, survival, 0, 1);
    edges[0] = 9;
    survival[0] = 0;

    assertThat(use.edgeSeconds(0)).isEqualTo(1);
    assertThat(use.survival(0)).isEqualTo(0.5);
  }

  @Test
  void refusesWhatIsNoDistribution() {
    assertRefused(new double[] {}, new double[] {}, 0, 1, "at least one");
    assertRefused(new double[] {1}, new double[] {1, 1}, 0, 1, "as many");
    assertRefused(new double[] {0}, new double[] {1}, 0, 1, "edge 0");
    assertRefused(new double[] {1, 1}, new double[] {1, 1}, 0, 1, "edge 1");
    assertRefused(new double[] {1, 2}, new double[] {0.5, 0.6}, 0, 1, "edge 1");
    assertRefused(new double[] {1}, new double[] {1.1}, 0, 1, "edge 0");
    assertRefused(new double[] {1}, new double[] {Double.NaN}, 0, 1, "edge 0");
    assertRefused(new double[] {1}, new double[] {1}, -1, 1, "tail (-1.0 s)");
    assertRefused(new double[] {1}, new double[] {1}, 0, 0, "trust (0.0)");
  }

  private static void assertRefused(
      double[] edges, double[] survival, double tail, double trust, String message) {
    assertThatThrownBy(() -> NextUse.of(edges, survival, tail, trust))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
