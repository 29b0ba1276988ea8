package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.engines.GpuDevices.Device;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GpuUseTest {
  private static final String DEVICES =
      """
      Character devices:
        1 mem
      195 nvidia-frontend
      508 nvidia-uvm
      236 kfd

      Block devices:
      259 nvidia
      """;

  @ParameterizedTest
  @CsvSource({
    "/dev/nvidia0, true",
    "/dev/nvidiactl, true",
    "/dev/nvidia-uvm, true",
    "/dev/nvidia0 (deleted), true",
    "/dev/kfd, true",
    "/dev/dri/renderD128, true",
    "/dev/dri/card0, false",
    "/dev/null, false",
    "/data/dev/nvidia0, false",
    "socket:[4711], false"
  })
  void devicesOfGpusAreKnownByTheirPaths(String target, boolean gpu) {
    assertThat(GpuDevices.byPath(target).isPresent()).isEqualTo(gpu);
  }

  @ParameterizedTest
  @CsvSource({
    "195, 0, true",
    "195, 255, true",
    "508, 1, true",
    "236, 0, true",
    "226, 128, true",
    "226, 0, false",
    "259, 0, false",
    "1, 3, false"
  })
  void andByTheirNumbers(long major, long minor, boolean gpu) {
    long number = ((major & 0xfff) << 8) | (minor & 0xff) | ((minor & 0xfff00L) << 12);
    assertThat(GpuDevices.of(DEVICES).isGpu(number)).isEqualTo(gpu);
  }

  @Test
  void theyAreFoundWhereTheyAreMapped() {
    String line = "7f1200000000-7f1200010000 rw-s 00000000 00:05 1063      /dev/nvidia0";
    assertThat(GpuDevices.mapped(line)).contains(new Device("/dev/nvidia0", true));
    assertThat(GpuDevices.mapped(line.replace("nvidia0", "dri/renderD128")))
        .contains(new Device("/dev/dri/renderD128", false));
    assertThat(GpuDevices.mapped("7f1200000000-7f1200010000 rw-p 00000000 00:00 0 [heap]"))
        .isEmpty();
    assertThat(GpuDevices.mapped(line.replace("/dev", "/data/dev"))).isEmpty();
  }

  @Test
  void whoHasNoneIsNotRefusedAndNothingIsTried() {
    List<Long> self = List.of(ProcessHandle.current().pid());
    assertThat(
            GpuUse.savable(
                "this",
                self,
                () -> {
                  throw new AssertionError("There is no need to try.");
                }))
        .isEqualTo(Outcome.ok(false));
  }
}
