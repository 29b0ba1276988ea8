package io.dormouse.cli.up.run;

import io.dormouse.checkpoint.engines.HostProbe;
import io.dormouse.checkpoint.engines.HostReport;
import io.dormouse.checkpoint.engines.HostReport.Verdict;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.engines.ToolFinder;
import io.dormouse.checkpoint.engines.ToolProvisioner;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Makes sure that this host can do what it can: fetches CRIU and runc into the user's cache where
 * those that are there do not pass the probe.
 *
 * @param report what works now
 * @param missing what does not, and why, for people; empty when images work
 */
public record Provisioning(HostReport report, List<String> missing) {
  private static final Duration PROBE_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration FETCH_TIMEOUT = Duration.ofMinutes(5);

  /** Copies the list. */
  public Provisioning {
    missing = List.copyOf(missing);
  }

  /**
   * Probes and, if need be and allowed, fetches and probes again.
   *
   * @param offline fetch nothing
   */
  public static Provisioning run(boolean offline, boolean root, Consumer<String> progress) {
    Map<String, String> environment = System.getenv();
    Path cache = ToolFinder.cacheDirectory(environment);
    HostProbe probe = new HostProbe(environment, cache, InstantSource.system());
    progress.accept("Trying what this host can checkpoint …");
    HostReport report = probe.run(false, PROBE_TIMEOUT);
    List<String> troubles = new ArrayList<>();
    if (!report.imagesWork() && root && !offline) {
      fetch(report, new ToolProvisioner(cache), progress, troubles);
      report = probe.run(true, PROBE_TIMEOUT);
    }
    if (report.imagesWork()) {
      return new Provisioning(report, List.of());
    }
    troubles.add("No images (L3), as capsules don't work here: " + report.capsule().reason());
    if (!root) {
      troubles.add("Maybe run it as root: CRIU and capsules need it.");
    } else if (offline) {
      troubles.add("Maybe run it once without --offline, so that it may fetch CRIU and runc.");
    }
    return new Provisioning(report, troubles);
  }

  private static void fetch(
      HostReport report,
      ToolProvisioner provisioner,
      Consumer<String> progress,
      List<String> troubles) {
    if (report.criu().check().verdict() != Verdict.WORKING) {
      note(provisioner.provisionCriu(FETCH_TIMEOUT, progress), troubles);
    }
    if (report.runc().check().verdict() != Verdict.WORKING) {
      note(provisioner.provisionRunc(FETCH_TIMEOUT, progress), troubles);
    }
  }

  private static void note(Outcome<Path> outcome, List<String> troubles) {
    if (outcome instanceof Outcome.Failed<Path> failed) {
      troubles.add(failed.failure().message());
    }
  }
}
