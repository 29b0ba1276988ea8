package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.engines.HostReport.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ProbeVerdictIT {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir Path directory = Path.of("");

  @Test
  void verdictOfATimeoutIsNotKept() throws IOException {
    tool("criu", "[ \"$1\" = --version ] && echo 'Version: 9.9' && exit 0; exec sleep 60");
    tool("runc", "echo 'runc version 9.9'");

    HostReport report = probe(NOW, Duration.ofMillis(300));

    assertThat(report.criu().check().verdict()).isEqualTo(Verdict.BROKEN);
    assertThat(report.criu().check().reason()).contains("did not finish within");
    assertThat(directory.resolve("cache/probe.json")).doesNotExist();
  }

  @Test
  void verdictOfAnInterruptedProbeIsNotKept() throws IOException {
    tool("criu", "exit 1");
    tool("runc", "exit 1");
    Thread.currentThread().interrupt();
    try {
      assertThat(probe(NOW, Duration.ofSeconds(10)).imagesWork()).isFalse();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(directory.resolve("cache/probe.json")).doesNotExist();
  }

  @Test
  void verdictOfAToolThatFailsIsKept() throws IOException {
    tool("criu", "exit 1");
    tool("runc", "exit 1");

    HostReport report = probe(NOW, Duration.ofSeconds(10));

    assertThat(report.criu().check().verdict()).isEqualTo(Verdict.BROKEN);
    assertThat(probe(NOW.plusSeconds(1), Duration.ofSeconds(10))).isEqualTo(report);
  }

  private HostReport probe(Instant now, Duration timeout) {
    Map<String, String> environment =
        Map.of(
            ToolFinder.CRIU_VARIABLE,
            directory.resolve("criu").toString(),
            ToolFinder.RUNC_VARIABLE,
            directory.resolve("runc").toString());
    return new HostProbe(environment, directory.resolve("cache"), InstantSource.fixed(now))
        .run(false, timeout);
  }

  private void tool(String name, String script) throws IOException {
    Path file = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
