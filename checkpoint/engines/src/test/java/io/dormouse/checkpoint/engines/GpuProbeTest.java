package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.hosts.HostAbilities.Probe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpuProbeTest {
  @TempDir Path folder;

  private Probe probe() {
    return GpuProbe.of(
        new GpuProbe.Places(folder.resolve("nvidiactl"), List.of(folder), List.of(folder)));
  }

  private void tool(int status) throws IOException {
    Path tool = folder.resolve("cuda-checkpoint");
    Files.writeString(tool, "#!/bin/sh\necho no driver\nexit " + status + "\n");
    Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void itTakesADeviceThePluginAndAToolThatRuns() throws IOException {
    assertThat(probe()).isEqualTo(new Probe(false, "", "there is no GPU that CRIU knows"));

    Files.createFile(folder.resolve("nvidiactl"));
    assertThat(probe()).isEqualTo(new Probe(false, "", "CRIU has no cuda_plugin.so"));

    Files.createFile(folder.resolve("cuda_plugin.so"));
    assertThat(probe().works()).isFalse();
    assertThat(probe().reason()).contains("cuda-checkpoint is not there");

    tool(1);
    assertThat(probe().works()).isFalse();
    assertThat(probe().reason()).contains("status 1", "no driver");

    tool(0);
    assertThat(probe().works()).isTrue();
  }
}
