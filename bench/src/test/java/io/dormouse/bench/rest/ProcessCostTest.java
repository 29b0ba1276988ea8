package io.dormouse.bench.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessCostTest {
  private static final String STAT =
      "7 (a (b) c) S 1 7 7 0 -1 4194560 100 200 3 4 20 30 4 5 20 0 1 0 5 6 7";
  private static final String STATUS = "Name:\ta\nVmHWM:\t  300 kB\nVmRSS:\t  200 kB\n";

  @Test
  void countsItsOwnTimeAndThatOfItsEndedChildren() throws IOException {
    assertThat(ProcessCost.parse(STAT, STATUS))
        .isEqualTo(new ProcessCost(Duration.ofMillis(590), 204_800));
  }

  @Test
  void aZombieHasNoMemoryAndOtherFormsAreRefused() {
    assertThatThrownBy(() -> ProcessCost.parse(STAT, "Name:\ta\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has ended");
    assertThatThrownBy(() -> ProcessCost.parse("7 (a) S 1 2", STATUS))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("unknown");
    assertThatThrownBy(() -> ProcessCost.parse(STAT.replace("20 30", "x y"), STATUS))
        .isInstanceOf(IOException.class);
  }

  @Test
  void thisProcessCosts() throws IOException {
    ProcessCost cost = ProcessCost.of(ProcessHandle.current().pid());

    assertThat(cost.residentBytes()).isGreaterThan(1 << 20);
    assertThat(cost.cpu()).isPositive();
  }
}
