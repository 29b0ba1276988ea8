package io.dormouse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class DormouseTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  static Stream<String> allCommands() {
    return commands(new CommandLine(new Dormouse()));
  }

  private static Stream<String> commands(CommandLine line) {
    String name = line.getCommandSpec().qualifiedName().replaceFirst("dormouse ?", "");
    return Stream.concat(
        Stream.of(name), line.getSubcommands().values().stream().flatMap(DormouseTest::commands));
  }

  @ParameterizedTest
  @MethodSource("allCommands")
  void everyCommandHasHelp(String command) {
    assertThat(run((command + " --help").strip().split(" ", -1))).isZero();
    assertThat(out.toString()).contains("Usage: dormouse").contains("--help");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void unknownOptionsAreBadUsageWithTheNearest() {
    assertThat(run("status", "--jsn")).isEqualTo(2);
    assertThat(err.toString()).contains("Unknown option: '--jsn'").contains("--json");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void unknownCommandsAreBadUsageWithTheNearest() {
    assertThat(run("statsu")).isEqualTo(2);
    assertThat(err.toString()).contains("statsu").contains("dormouse status");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "image"})
  void noCommandIsBadUsage(String command) {
    assertThat(command.isEmpty() ? run() : run(command)).isEqualTo(2);
    assertThat(err.toString()).contains("No command was given").contains("Maybe see: dormouse");
  }

  @Test
  void failuresNameCauseAndFixWithoutAStackTrace() {
    assertThat(run("status", "--url", "http://127.0.0.1:1")).isEqualTo(1);
    assertThat(err.toString())
        .contains("No controller answers at http://127.0.0.1:1")
        .contains("Maybe ")
        .doesNotContain("\tat ");
  }

  @Test
  void verboseShowsTheStackTrace() {
    assertThat(run("status", "--verbose", "--url", "http://127.0.0.1:1")).isEqualTo(1);
    assertThat(err.toString()).contains("\tat io.dormouse");
  }

  @Test
  void versionIsPrinted() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).startsWith("dormouse ");
  }

  private int run(String... arguments) {
    return Dormouse.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }
}
