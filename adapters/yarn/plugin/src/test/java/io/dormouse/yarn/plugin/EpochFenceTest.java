package io.dormouse.yarn.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EpochFenceTest {
  @TempDir Path folder;

  @Test
  void refuses_an_older_leader() throws Exception {
    EpochFence fence = EpochFence.open(null);

    assertThat(fence.admit(new PlanEpoch(1, 50))).isTrue();
    assertThat(fence.admit(new PlanEpoch(1, 49))).isFalse();
    assertThat(fence.admit(new PlanEpoch(1, 50))).isTrue();
    assertThat(fence.admit(new PlanEpoch(2, 1))).isTrue();
    assertThat(fence.admit(new PlanEpoch(1, 99))).isFalse();
  }

  @Test
  void remembers_over_restarts() throws Exception {
    Path file = folder.resolve("epoch");
    EpochFence.open(file).admit(new PlanEpoch(4, 7));

    assertThat(EpochFence.open(file).admit(new PlanEpoch(4, 6))).isFalse();
    assertThat(EpochFence.open(file).admit(new PlanEpoch(4, 7))).isTrue();
  }

  @Test
  void does_not_guess_from_a_broken_file() throws Exception {
    Path file = Files.writeString(folder.resolve("epoch"), "4 x");

    assertThatThrownBy(() -> EpochFence.open(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("two numbers");
  }
}
