package io.dormouse.controller.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The checkers find bugs that are there: each of these breaks a promise within a few seeds. */
class PlantedBugsTest {
  private static final int SEEDS = 60;

  @Test
  void findsThatNobodyIsFenced() {
    assertThat(firstFinding(Faults.noFencing())).isPresent();
  }

  @Test
  void findsThatLeasesNeverEnd() {
    assertThat(firstFinding(Faults.noLeases()))
        .hasValueSatisfying(found -> assertThat(found).contains("frozen past its lease"));
  }

  @Test
  void findsThatACommittedSourceRunsOn() {
    assertThat(firstFinding(Faults.sourceRunsOn())).isPresent();
  }

  @Test
  void findsThatAcknowledgementsAreNotAwaited() {
    assertThat(firstFinding(Faults.noAcknowledgements()))
        .hasValueSatisfying(found -> assertThat(found).contains("before it was announced"));
  }

  @Test
  void findsThatTasksWaitForAControllerThatDoesNotAct() {
    assertThat(finding(Faults.nobodyServes(), "though nobody is in charge")).isPresent();
  }

  private static Optional<String> firstFinding(Faults faults) {
    return finding(faults, "");
  }

  private static Optional<String> finding(Faults faults, String words) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      try {
        new Simulation(seed, faults).run();
      } catch (AssertionError found) {
        String message = String.valueOf(found.getMessage());
        if (message.contains(words)) {
          return Optional.of(message);
        }
      }
    }
    return Optional.empty();
  }
}
