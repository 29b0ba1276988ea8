package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GpuUseTest {
  @ParameterizedTest
  @CsvSource({
    "/dev/nvidia0, true",
    "/dev/nvidiactl, true",
    "/dev/nvidia-uvm, true",
    "/dev/kfd, true",
    "/dev/dri/renderD128, true",
    "/dev/null, false",
    "/data/dev/nvidia0, false",
    "socket:[4711], false"
  })
  void devicesOfGpusAreKnown(String target, boolean gpu) {
    assertThat(GpuUse.isGpu(target)).isEqualTo(gpu);
  }

  @Test
  void whoHasNoneIsNotRefused() {
    assertThat(GpuUse.refusal("this", List.of(ProcessHandle.current().pid()))).isEmpty();
  }
}
