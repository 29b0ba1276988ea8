package io.dormouse.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.dormouse.cli.CliRunner;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {
  private final CliRunner cli = new CliRunner();
  @TempDir private Path directory;

  private int bench(String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "bench";
    all[1] = "--directory";
    all[2] = directory.toString();
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return cli.run(all);
  }

  @Test
  void showsRatiosAndWhetherTheyHold() {
    assertThat(bench("twice-as-quick", "--rounds", "7")).isZero();

    assertThat(cli.out().lines().toList().get(1)).contains("1.00 s", "2.00 s", "0.50", "holds");
    assertThat(cli.out().lines().toList().get(2)).contains("3.00 MiB", "1.50", "EXCEEDED");
    assertThat(cli.err()).contains("Rounds: 7");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void jsonHasTheFigures() {
    assertThat(bench("--json")).isZero();

    JsonNode benchmark = cli.json().get("benchmarks").get(0);
    assertThat(benchmark.get("name").asText()).isEqualTo("twice-as-quick");
    assertThat(benchmark.get("lines").get(1).get("ratio").asDouble()).isEqualTo(1.5);
    assertThat(benchmark.get("lines").get(1).get("holds").asBoolean()).isFalse();
  }

  @Test
  void checkFailsWhereALineIsExceeded() {
    assertThat(bench("--check")).isEqualTo(1);
  }

  @Test
  void anUnknownNameIsBadUsageWithTheKnownOnes() {
    assertThat(bench("twice-as-slow")).isEqualTo(2);
    assertThat(cli.err()).contains("no benchmark twice-as-slow").contains("twice-as-quick");
  }

  @ParameterizedTest
  @CsvSource({
    "--rounds,0",
    "--rounds,101",
    "--instances,0",
    "--instances,501",
    "--memory-mib,15",
    "--memory-mib,1048577"
  })
  void figuresOutOfRangeAreBadUsage(String option, String value) {
    assertThat(bench(option, value)).isEqualTo(2);
    assertThat(cli.err()).contains("The %s (%s) must be from".formatted(option, value));
  }

  @Test
  void aDirectoryThatIsNoneIsBadUsage() {
    assertThat(cli.run("bench", "--directory", directory.resolve("none").toString())).isEqualTo(2);
    assertThat(cli.err()).contains("must be one to write into");
  }

  @Test
  void linesOfFiguresThatCanNotBeAreRefused() {
    assertThatThrownBy(() -> new BenchLine("time", "s", 1, "peer", 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
