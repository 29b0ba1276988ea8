package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OwnerRightsTest {
  private static final long NOBODY = 65_534;
  private static final List<String> FORKS = List.of("/bin/sh", "-c", "id -u; exit 0");

  private final InstanceSpec spec =
      new InstanceSpec(
          "i",
          new UUID(1, 2),
          NOBODY,
          NOBODY,
          List.of("/bin/true"),
          Map.of(),
          OptionalLong.empty(),
          List.of());

  @BeforeEach
  void asRoot() {
    long pid = ProcessHandle.current().pid();
    assumeTrue(ProcFs.uid(pid).filter(uid -> uid == 0).isPresent(), "needs root");
  }

  /** As where the owner has all the processes that he may have. */
  private static ToolRunner.Result withoutProcesses(List<String> argv) {
    List<String> all = new ArrayList<>(List.of("prlimit", "--nproc=0:0", "--"));
    all.addAll(argv);
    Outcome<ToolRunner.Result> outcome =
        ToolRunner.run(
            new ToolRunner.Call("test", all, Map.of(), Path.of("/")), Duration.ofSeconds(20));
    assertThat(outcome).isInstanceOf(Outcome.Ok.class);
    return ((Outcome.Ok<ToolRunner.Result>) outcome).value();
  }

  @Test
  void aToolWorksForAnOwnerWhoMayHaveNoMoreProcesses() {
    assumeTrue(mayLiftLimits(), "needs CAP_SYS_RESOURCE");
    ToolRunner.Result result = withoutProcesses(OwnerRights.tool(spec, FORKS));

    assertThat(result.exitStatus()).isZero();
    assertThat(result.output()).isEqualTo("65534");
  }

  private static boolean mayLiftLimits() {
    String lift = "ulimit -c 0; prlimit --pid $$ --core=unlimited:unlimited";
    Outcome<ToolRunner.Result> lifted =
        ToolRunner.run(
            new ToolRunner.Call("test", List.of("/bin/sh", "-c", lift), Map.of(), Path.of("/")),
            Duration.ofSeconds(20));
    return lifted instanceof Outcome.Ok<ToolRunner.Result> ok && ok.value().exitStatus() == 0;
  }

  @Test
  void hisOwnProgramsStayWithinHisLimits() {
    assertThat(withoutProcesses(OwnerRights.command(spec, FORKS)).exitStatus()).isNotZero();
  }
}
