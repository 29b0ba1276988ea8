package io.dormouse.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dormouse.checkpoint.engines.HostReport;
import io.dormouse.checkpoint.engines.HostReport.Check;
import io.dormouse.checkpoint.engines.HostReport.Freezer;
import io.dormouse.checkpoint.engines.HostReport.Tool;
import io.dormouse.checkpoint.engines.HostReport.Verdict;
import io.dormouse.cli.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
  @TempDir Path folder;

  @Test
  void reportsTheContractsNamesAndStatuses() throws IOException {
    List<Finding> findings = new ArrayList<>(HostFindings.of(report(Verdict.BROKEN), folder));
    findings.addAll(new SiteFindings(folder.toString(), folder, Set.of("yarn", "mesos")).all());
    StringWriter out = new StringWriter();

    DoctorCommand.show(new Console(new PrintWriter(out), new PrintWriter(out), true), findings);

    JsonNode checks = new ObjectMapper().readTree(out.toString()).get("checks");
    assertThat(checks.findValuesAsText("name"))
        .contains("java", "kernel", "cgroup", "freezer", "criu", "runc", "dmtcp", "zookeeper")
        .contains("yarn", "slurm", "mesos", "haproxy");
    assertThat(checks)
        .allSatisfy(
            check -> {
              assertThat(check.get("status").asText()).isIn("ok", "missing", "broken");
              assertThat(check.get("detail").asText()).isNotBlank();
              assertThat(check.get("fix").asText().isEmpty())
                  .isEqualTo(
                      check.get("status").asText().equals("ok")
                          || !check.get("needed").asBoolean());
            });
  }

  @Test
  void takesTheFixFromTheProbesReason() {
    Finding criu = HostFindings.tool("criu", tool(Verdict.BROKEN));

    assertThat(criu)
        .isEqualTo(
            Finding.broken("criu", "dump failed; refused: /usr/sbin/criu: vdso", "fetch another."));
  }

  @Test
  void saysWhichBuildWorks() {
    Finding criu = HostFindings.tool("criu", tool(Verdict.WORKING));

    assertThat(criu.status()).isEqualTo(Finding.Status.OK);
    assertThat(criu.detail()).contains("4.2.1 (provisioned, /cache/criu), passed the probe");
  }

  @Test
  void refusesAnOldJavaAndMissesAFreezer() {
    assertThat(HostFindings.java(Runtime.Version.parse("11.0.2")).status())
        .isEqualTo(Finding.Status.BROKEN);
    assertThat(HostFindings.java(Runtime.Version.parse("17.0.1")).status())
        .isEqualTo(Finding.Status.OK);
    assertThat(HostFindings.freezer(Freezer.NONE).status()).isEqualTo(Finding.Status.MISSING);
    assertThat(HostFindings.freezer(Freezer.CGROUP_V2).detail()).contains("v2");
  }

  @Test
  void tellsTheKindsOfCgroups() throws IOException {
    assertThat(HostFindings.cgroup(folder).status()).isEqualTo(Finding.Status.MISSING);
    Files.createDirectory(folder.resolve("memory"));
    assertThat(HostFindings.cgroup(folder).detail()).startsWith("v1 below");
    Files.createDirectory(folder.resolve("unified"));
    Files.createFile(folder.resolve("unified/cgroup.controllers"));
    assertThat(HostFindings.cgroup(folder).detail()).startsWith("v1 and v2");
    Files.createFile(folder.resolve("cgroup.controllers"));
    assertThat(HostFindings.cgroup(folder).detail()).startsWith("v2 at");
  }

  @Test
  void whatThisVersionCannotUseIsNotNeededAndSaysWhy() {
    assertThat(finding("slurm").words()).isEqualTo("not needed");
    assertThat(finding("slurm").detail()).contains("no slurmctld").contains("yarn");
    assertThat(finding("dmtcp").words()).isEqualTo("not needed");
    assertThat(finding("haproxy").words()).isEqualTo("not needed");
    assertThat(finding("mesos").words()).isEqualTo("missing");
  }

  @Test
  void findsProgramsAndTheResourceManager() throws IOException {
    assertThat(finding("mesos").status()).isEqualTo(Finding.Status.MISSING);
    assertThat(finding("yarn").status()).isEqualTo(Finding.Status.MISSING);

    Files.createFile(folder.resolve("mesos-master"));
    folder.resolve("mesos-master").toFile().setExecutable(true);
    Files.createDirectories(folder.resolve("lib/hadoop"));
    Files.createFile(folder.resolve("lib/hadoop/hadoop-yarn-server-resourcemanager-3.5.0.jar"));

    assertThat(finding("mesos").status()).isEqualTo(Finding.Status.OK);
    assertThat(finding("yarn").detail()).startsWith("Hadoop 3.5.0");
  }

  private Finding finding(String name) {
    return new SiteFindings(folder.toString(), folder, Set.of("yarn", "mesos"))
        .all().stream().filter(f -> f.name().equals(name)).findFirst().orElseThrow();
  }

  private static HostReport report(Verdict verdict) {
    return new HostReport(
        "6.18",
        tool(verdict),
        tool(Verdict.MISSING),
        Freezer.CGROUP_V1,
        new Check(verdict, "no capsule without a working criu"),
        new Check(verdict, "this kernel does not tell"),
        Instant.EPOCH);
  }

  private static Tool tool(Verdict verdict) {
    return new Tool(
        "criu",
        Optional.of(Path.of("/cache/criu")),
        "4.2.1",
        "provisioned",
        new Check(verdict, "dump failed\nMaybe fetch another."),
        List.of("/usr/sbin/criu: vdso"));
  }
}
