package io.dormouse.cli.doctor;

import io.dormouse.checkpoint.engines.HostReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the probe found, as findings. */
final class HostFindings {
  private static final String FETCH =
      "Run `dormouse up` once as root: it fetches a build that works into your cache.";

  private static final String MAYBE = "\nMaybe ";

  private HostFindings() {}

  static List<Finding> of(HostReport report, Path cgroups) {
    List<Finding> findings = new ArrayList<>();
    findings.add(java(Runtime.version()));
    findings.add(kernel(report.kernelRelease()));
    findings.add(cgroup(cgroups));
    findings.add(freezer(report.freezer()));
    findings.add(tool("criu", report.criu()));
    findings.add(tool("runc", report.runc()));
    findings.add(
        finding(
            "capsule",
            report.capsule(),
            "a program in a capsule was dumped and came back",
            "See criu, runc and freezer above; capsules also need root."));
    findings.add(tracking(report.tracking()));
    return findings;
  }

  /** Without it dumps take longer, and images are as small. */
  static Finding tracking(HostReport.Check check) {
    return check.verdict() == HostReport.Verdict.WORKING
        ? Finding.ok("memory-tracking", check.reason() + ", so dumps leave out the others")
        : Finding.missing(
            "memory-tracking",
            check.reason() + "; dumps read all pages, and store those that are new",
            "Nothing has to be done; a kernel with CONFIG_MEM_SOFT_DIRTY, such as Debian's, dumps quicker.");
  }

  static Finding java(Runtime.Version version) {
    return version.feature() >= 17
        ? Finding.ok("java", version.toString())
        : Finding.broken(
            "java",
            version + " is too old",
            "Install a JDK 17, as in: apt-get install openjdk-17-jdk-headless");
  }

  private static Finding kernel(String release) {
    return release.isBlank()
        ? Finding.broken(
            "kernel", "no release is known", "Run Dormouse on Linux with /proc mounted.")
        : Finding.ok("kernel", "Linux " + release);
  }

  static Finding cgroup(Path cgroups) {
    if (Files.exists(cgroups.resolve("cgroup.controllers"))) {
      return Finding.ok("cgroup", "v2 at " + cgroups);
    }
    boolean unified = Files.exists(cgroups.resolve("unified/cgroup.controllers"));
    boolean old = Files.isDirectory(cgroups.resolve("memory"));
    if (unified || old) {
      String what = unified && old ? "v1 and v2" : unified ? "v2" : "v1";
      return Finding.ok("cgroup", what + " below " + cgroups);
    }
    return Finding.missing(
        "cgroup",
        "no cgroups below " + cgroups,
        "Mount them: mount -t cgroup2 none /sys/fs/cgroup; in a container, let them in.");
  }

  static Finding freezer(HostReport.Freezer freezer) {
    return switch (freezer) {
      case CGROUP_V1 -> Finding.ok("freezer", "cgroup v1");
      case CGROUP_V2 -> Finding.ok("freezer", "cgroup v2 (cgroup.freeze)");
      case NONE ->
          Finding.missing(
              "freezer",
              "no freezer that this user may use",
              "Run as root with the cgroup file system mounted and writable.");
    };
  }

  static Finding tool(String name, HostReport.Tool tool) {
    String where =
        tool.path()
            .map(path -> "%s (%s, %s)".formatted(tool.version(), tool.origin(), path))
            .orElse("not found");
    Finding finding = finding(name, tool.check(), where + ", passed the probe", FETCH);
    if (tool.refused().isEmpty()) {
      return finding;
    }
    String refused = "; refused: " + String.join("; ", tool.refused());
    return new Finding(
        name, finding.status(), finding.detail() + refused, finding.fix(), finding.needed());
  }

  private static Finding finding(String name, HostReport.Check check, String good, String fix) {
    return switch (check.verdict()) {
      case WORKING -> Finding.ok(name, good);
      case BROKEN -> Finding.broken(name, cause(check), fix(check, fix));
      case MISSING -> Finding.missing(name, cause(check), fix(check, fix));
    };
  }

  /** Reasons end with a line that starts with "Maybe": the fix. */
  private static String cause(HostReport.Check check) {
    int fix = check.reason().lastIndexOf(MAYBE);
    return (fix < 0 ? check.reason() : check.reason().substring(0, fix)).strip();
  }

  private static String fix(HostReport.Check check, String otherwise) {
    int fix = check.reason().lastIndexOf(MAYBE);
    return fix < 0 ? otherwise : check.reason().substring(fix + MAYBE.length()).strip();
  }
}
