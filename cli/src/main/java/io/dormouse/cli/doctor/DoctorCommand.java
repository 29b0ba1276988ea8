package io.dormouse.cli.doctor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.collect.ImmutableSet;
import io.dormouse.checkpoint.engines.HostProbe;
import io.dormouse.checkpoint.engines.HostReport;
import io.dormouse.checkpoint.engines.ToolFinder;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import io.dormouse.cli.Installation;
import io.dormouse.engine.spi.EmbeddedSite;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dormouse doctor}. */
@Command(
    name = "doctor",
    description = {
      "Says what this host can do, by trying it; never installs anything.",
      "Ends with 0 when all that `up` on YARN needs is ok (java, kernel, cgroup, freezer, criu, runc,"
          + " capsule, zookeeper, yarn), else with 1."
    })
public final class DoctorCommand extends BaseCommand {
  private static final Duration PROBE_TIMEOUT = Duration.ofMinutes(1);
  private static final Set<String> NEEDED =
      Set.of("java", "kernel", "cgroup", "freezer", "criu", "runc", "capsule", "zookeeper", "yarn");

  @Option(names = "--fresh", description = "Probe anew, even if kernel and tools are unchanged.")
  private boolean fresh;

  @Override
  protected ExitCode run(Console console) {
    if (Console.isTerminal()) {
      console.note("Trying to dump and restore a small program …");
    }
    List<Finding> findings = examine(System.getenv());
    show(console, findings);
    boolean fit =
        findings.stream()
            .allMatch(f -> f.status() == Finding.Status.OK || !NEEDED.contains(f.name()));
    return fit ? ExitCode.OK : ExitCode.FAILED;
  }

  private List<Finding> examine(Map<String, String> environment) {
    HostReport report =
        new HostProbe(environment, ToolFinder.cacheDirectory(environment), InstantSource.system())
            .run(fresh, PROBE_TIMEOUT);
    List<Finding> findings = new ArrayList<>(HostFindings.of(report, Path.of("/sys/fs/cgroup")));
    findings.addAll(
        new SiteFindings(environment.getOrDefault("PATH", ""), Installation.root(), sites()).all());
    return findings;
  }

  private static ImmutableSet<String> sites() {
    return ServiceLoader.load(EmbeddedSite.class).stream()
        .map(found -> found.get().name())
        .collect(ImmutableSet.toImmutableSet());
  }

  static void show(Console console, List<Finding> findings) {
    ArrayNode checks = JsonNodeFactory.instance.arrayNode();
    for (Finding finding : findings) {
      checks
          .addObject()
          .put("name", finding.name())
          .put("status", finding.status().toString())
          .put("detail", finding.detail())
          .put("fix", finding.fix())
          .put("needed", finding.needed());
      console.text("%-10s %-10s %s".formatted(finding.name(), finding.words(), finding.detail()));
      if (!finding.fix().isEmpty()) {
        console.text(" ".repeat(22) + "fix: " + finding.fix());
      }
    }
    console.json(JsonNodeFactory.instance.objectNode().set("checks", checks));
  }
}
