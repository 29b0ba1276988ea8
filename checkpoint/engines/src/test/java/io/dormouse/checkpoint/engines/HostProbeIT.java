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
class HostProbeIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @Test
  void brokenBuildIsRefusedForOneThatWorksAndTheVerdictIsKept(@TempDir Path directory)
      throws IOException {
    Toolchain tools = TestTools.toolchain();
    Path broken =
        Files.writeString(
            directory.resolve("broken"),
            "#!/bin/sh\n[ \"$1\" = --version ] && echo 'Version: 9.9' && exit 0\nexit 1\n");
    Files.setPosixFilePermissions(broken, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path bin = Files.createDirectory(directory.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("criu"), tools.criu());
    Map<String, String> environment =
        Map.of(
            "PATH",
            bin.toString(),
            ToolFinder.CRIU_VARIABLE,
            broken.toString(),
            ToolFinder.RUNC_VARIABLE,
            tools.runc().toString());
    Path cache = directory.resolve("cache");

    HostReport report =
        new HostProbe(environment, cache, InstantSource.fixed(NOW)).run(false, LIMIT);

    assertThat(report.criu().check().verdict())
        .as(report.criu().check().reason())
        .isEqualTo(Verdict.WORKING);
    assertThat(report.criu().origin()).isEqualTo("path");
    assertThat(report.criu().refused()).singleElement().asString().contains("9.9");
    assertThat(report.imagesWork()).as(report.capsule().reason()).isTrue();
    assertThat(report.toolchain())
        .hasValueSatisfying(t -> assertThat(t.criu()).isEqualTo(bin.resolve("criu")));
    HostProbe later = new HostProbe(environment, cache, InstantSource.fixed(NOW.plusSeconds(1)));
    assertThat(later.run(false, LIMIT)).isEqualTo(report);
    assertThat(later.run(true, LIMIT).probedAt()).isEqualTo(NOW.plusSeconds(1));
  }
}
