package io.dormouse.cli.image;

import io.dormouse.checkpoint.engines.HostProbe;
import io.dormouse.checkpoint.engines.HostReport;
import io.dormouse.checkpoint.engines.ToolFinder;
import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.ExitCode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/**
 * A CRIU that passed the probe on this host.
 *
 * @param path where it is
 * @param version what it says of itself
 */
record WorkingCriu(Path path, String version) {
  private static final Duration PROBE_TIMEOUT = Duration.ofMinutes(1);

  /** Finds one; never fetches one. */
  static WorkingCriu find() {
    Map<String, String> environment = System.getenv();
    HostReport report =
        new HostProbe(environment, ToolFinder.cacheDirectory(environment), InstantSource.system())
            .run(false, PROBE_TIMEOUT);
    HostReport.Tool criu = report.criu();
    if (criu.check().verdict() != HostReport.Verdict.WORKING || criu.path().isEmpty()) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "No CRIU works on this host: %s".formatted(criu.check().reason()),
          "Maybe see also `dormouse doctor`.");
    }
    return new WorkingCriu(criu.path().get(), criu.version());
  }
}
