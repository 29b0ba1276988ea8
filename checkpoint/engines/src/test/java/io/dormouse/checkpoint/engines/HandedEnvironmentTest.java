package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HandedEnvironmentTest {
  private static final Map<String, String> OWNERS =
      Map.of(
          "LD_PRELOAD", "/home/u/evil.so",
          "PATH", "/home/u/bin:/usr/bin",
          "QUOTED", "it's \"$HOME\" `id` $(id) \\ *",
          "LINES_OF", "one\ntwo",
          "EMPTY", "",
          "not.a.name", "x",
          "OPTIND", "abc");

  @Test
  void nothingOnTheWayKnowsTheNames() {
    assertThat(HandedEnvironment.wrapped(OWNERS))
        .allSatisfy((name, value) -> assertThat(name).startsWith("DORMOUSE_ENV_"))
        .hasSize(OWNERS.size() - 2);
  }

  @Test
  void theProgramGetsItsVariablesAsTheyWere() throws Exception {
    Map<String, String> plain = new java.util.HashMap<>(OWNERS);
    plain.remove("LD_PRELOAD");

    List<String> seen = environmentOf(plain);

    assertThat(seen)
        .contains(
            "PATH=/home/u/bin:/usr/bin",
            "QUOTED=it's \"$HOME\" `id` $(id) \\ *",
            "LINES_OF=one\ntwo",
            "EMPTY=")
        .noneMatch(variable -> variable.startsWith("DORMOUSE_ENV_"))
        .noneMatch(variable -> variable.startsWith("dormouse_"));
  }

  @Test
  void argumentsStayAsTheyAre() throws Exception {
    assertThat(run(Map.of("A", "1"), List.of("/usr/bin/printf", "%s|", "a b", "", "$A", "-n")))
        .isEqualTo("a b||$A|-n|");
  }

  private static List<String> environmentOf(Map<String, String> environment) throws Exception {
    return List.of(run(environment, List.of("/usr/bin/env", "-0")).split("\0", -1));
  }

  private static String run(Map<String, String> environment, List<String> argv)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(new ArrayList<>(HandedEnvironment.unwrapping(argv)));
    builder.environment().clear();
    builder.environment().putAll(HandedEnvironment.wrapped(environment));
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
