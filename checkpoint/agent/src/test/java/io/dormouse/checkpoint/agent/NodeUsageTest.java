package io.dormouse.checkpoint.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.Telemetry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeUsageTest {
  @TempDir Path proc;

  @Test
  void countsBusyTimeAndMemoryInUse() throws IOException {
    Files.writeString(proc.resolve("stat"), "cpu  1 2 3 1000 500 4 5 6 7 8\ncpu0 9 9 9 9\n");
    Files.writeString(
        proc.resolve("meminfo"), "MemTotal:  1000 kB\nMemFree: 10 kB\nMemAvailable: 400 kB\n");
    Telemetry.Builder telemetry = Telemetry.newBuilder();

    new NodeUsage(proc).addTo(telemetry);

    assertThat(telemetry.getNodeCpuMicros()).isEqualTo((1 + 2 + 3 + 4 + 5 + 6) * 10_000L);
    assertThat(telemetry.getNodeMemoryTotalBytes()).isEqualTo(1000 * 1024);
    assertThat(telemetry.getNodeMemoryUsedBytes()).isEqualTo(600 * 1024);
  }
}
