package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.hosts.HostAbilities;
import io.dormouse.checkpoint.hosts.HostAbilities.Probe;
import io.dormouse.checkpoint.hosts.ThisHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** What this host can restore, from what the probe found. */
public final class RestoreAbilities {
  private RestoreAbilities() {}

  /**
   * What this host can restore.
   *
   * @param files where instances write
   * @throws IOException if the host can't be looked at
   */
  public static HostAbilities of(HostReport report, Outcome<DmtcpTools> dmtcp, Path files)
      throws IOException {
    String criu = "criu " + report.criu().version();
    return new HostAbilities(
        ThisHost.fingerprint(criu, files),
        Map.of(
            ProcessTreeEngine.NAME,
            probe(criu, report.criu().check()),
            CapsuleEngine.NAME,
            probe(criu, report.capsule()),
            DmtcpEngine.NAME,
            dmtcp(dmtcp)),
        gpu(report.criu()));
  }

  private static Probe probe(String version, HostReport.Check check) {
    return new Probe(
        check.verdict() == HostReport.Verdict.WORKING,
        version,
        check.reason().lines().findFirst().orElse(""));
  }

  private static Probe dmtcp(Outcome<DmtcpTools> found) {
    return found instanceof Outcome.Ok<DmtcpTools> ok
        ? new Probe(true, "dmtcp " + ok.value().version(), "it is there")
        : new Probe(
            false,
            "",
            ((Outcome.Failed<DmtcpTools>) found)
                .failure()
                .message()
                .lines()
                .findFirst()
                .orElse(""));
  }

  private static Probe gpu(HostReport.Tool criu) {
    return criu.path()
        .map(RestoreAbilities::gpu)
        .orElseGet(() -> new Probe(false, "", "there is no CRIU"));
  }

  /** Whether this host can dump and restore what holds a GPU, with a CRIU that works. */
  public static Probe gpu(Path criu) {
    return GpuProbe.of(criu);
  }
}
