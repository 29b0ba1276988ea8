package io.dormouse.controller.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The promises hold on 200 seeds; {@code -Dseed=N} replays one, {@code -Dseeds=N} runs more. */
class SimulationTest {
  private static final int SEEDS = Integer.getInteger("seeds", 200);

  @Test
  void promisesHoldUnderFaults() {
    Long only = Long.getLong("seed");
    if (only != null) {
      assertThat(new Simulation(only, Faults.NONE).run().steps()).isPositive();
      return;
    }
    List<Simulation.Figures> all = new ArrayList<>();
    for (long seed = 1; seed <= SEEDS; seed++) {
      all.add(new Simulation(seed, Faults.NONE).run());
    }
    assertThat(all.stream().mapToLong(Simulation.Figures::hibernations).sum())
        .as("hibernations over all seeds")
        .isGreaterThan(SEEDS * 5L);
    assertThat(all.stream().mapToLong(Simulation.Figures::wakes).sum())
        .as("wakes over all seeds")
        .isGreaterThan(SEEDS * 3L);
    assertThat(all.stream().mapToLong(Simulation.Figures::moves).sum())
        .as("moves over all seeds")
        .isGreaterThan(SEEDS / 10);
    assertThat(all.stream().mapToLong(Simulation.Figures::drafts).sum())
        .as("drafts that went ahead over all seeds")
        .isGreaterThan(SEEDS / 10);
  }

  @Test
  void theSameSeedDoesTheSame() {
    assertThat(new Simulation(7, Faults.NONE).run())
        .isEqualTo(new Simulation(7, Faults.NONE).run());
  }
}
