package io.dormouse.checkpoint.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnitFileTest {
  @TempDir private Path folder;

  /** With a program that is there in place of the installed one. */
  private String unit() throws IOException {
    return Files.readString(UnitFile.PATH).replace("/opt/dormouse/bin/dormouse", "/bin/true");
  }

  private record Verdict(int status, String said) {}

  private Verdict verify(String unit) throws Exception {
    Path file = Files.writeString(folder.resolve("dormouse-agent.service"), unit);
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder("systemd-analyze", "verify", "--man=no", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Verdict(process.exitValue(), Files.readString(said));
  }

  @Test
  void systemdTakesTheUnitAsItIs() throws Exception {
    assumeTrue(isInstalled("systemd-analyze"), "systemd-analyze is not installed");

    Verdict verdict = verify(unit());

    assertThat(verdict.said()).doesNotContain("dormouse-agent.service");
    assertThat(verdict.status()).isZero();
    assertThat(verify(unit().replace("MemoryMax=", "MemoryMost=")).said()).contains("MemoryMost");
  }

  @Test
  void instancesOutliveTheAgentAndImagesHoldNothingOfItsSandbox() throws IOException {
    List<String> lines = Files.readAllLines(UnitFile.PATH);

    assertThat(lines).contains("KillMode=process", "NoNewPrivileges=yes");
    assertThat(lines)
        .noneMatch(line -> line.matches("(SystemCall|Restrict|Protect|Private|Lock|Memory[^M]).*"));
  }

  @Test
  void itsCapabilitiesAreNamedAndFew() throws IOException {
    assertThat(UnitFile.boundingSet().split(",", -1))
        .startsWith("-all")
        .contains("+sys_admin", "+sys_time", "+net_admin")
        .doesNotContain("+sys_module", "+sys_rawio", "+mac_admin", "+bpf", "+sys_boot")
        .hasSizeLessThan(20);
  }

  private static boolean isInstalled(String program) {
    return List.of(System.getenv().getOrDefault("PATH", "").split(":", -1)).stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
