package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.images.HostAbilities;
import io.dormouse.checkpoint.images.HostAbilities.Probe;
import io.dormouse.checkpoint.images.ThisHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** What this host can restore, from what the probe found. */
public final class RestoreAbilities {
  private static final Path GPU = Path.of("/dev", "nvidiactl");
  private static final String PLUGIN = "cuda_plugin.so";

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

  // To try it takes a program on the GPU; without these two there is no need to.
  private static Probe gpu(HostReport.Tool criu) {
    if (!Files.exists(GPU)) {
      return new Probe(false, "", "there is no GPU that CRIU knows");
    }
    boolean plugin =
        criu.path().stream()
            .flatMap(path -> Stream.of("../lib/criu", "../../lib/criu").map(path::resolveSibling))
            .anyMatch(directory -> Files.exists(directory.resolve(PLUGIN)));
    return plugin
        ? new Probe(false, "", "CRIU's plugin %s has not been tried here".formatted(PLUGIN))
        : new Probe(false, "", "CRIU has no %s".formatted(PLUGIN));
  }
}
