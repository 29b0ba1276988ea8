package io.dormouse.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.cli.CliRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with what was asked for is said before anything is started. */
class UpCommandTest {
  @TempDir Path folder;
  private final CliRunner cli = new CliRunner();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--for 3        | '3' must be a positive whole number",
        "--for 25h      | must be at most 24h",
        "--port 0       | --port (0) must be between",
        "--port x       | 'x' is not",
        "--seed many    | 'many' is not",
        "--dial hot     | thrifty, frugal, balanced, quick, swift",
        "--sed 3        | Unknown option",
        "--for 24h      | Maybe give a shorter --for",
      })
  void refusesBadOptions(String arguments, String cause) {
    String[] all = ("up --site pretend " + arguments).split(" ", -1);
    assertThat(cli.run(all)).isEqualTo(2);
    assertThat(cli.err()).contains(cause);
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void namesTheSitesThereAre() {
    assertThat(cli.run("up", "--site", "yran")).isEqualTo(2);
    assertThat(cli.err()).contains("There is no --site yran").contains("Maybe one of: pretend");
  }

  @Test
  void refusesBadTracesWithTheirLine() throws IOException {
    Path file =
        Files.writeString(folder.resolve("bad.csv"), "fn,weight,total,minute_counts\nx,1\n");

    assertThat(cli.run("up", "--site", "pretend", "--trace", file.toString())).isEqualTo(2);
    assertThat(cli.err()).contains("bad.csv:2: ").contains("Maybe ");
    assertThat(cli.run("up", "--site", "pretend", "--trace", folder + "/none")).isEqualTo(2);
    assertThat(cli.err()).contains("no such file");
  }

  @Test
  void refusesBadScenarios() throws IOException {
    Path file = Files.writeString(folder.resolve("s.yaml"), "prices: 7\n");

    assertThat(cli.run("up", "--site", "pretend", "--scenarios", file.toString())).isEqualTo(2);
    assertThat(cli.err()).contains("s.yaml").contains("must be a map").contains("Maybe ");
  }
}
