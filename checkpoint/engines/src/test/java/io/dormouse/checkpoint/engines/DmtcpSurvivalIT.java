package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real programs under DMTCP, each dumped, gone, and restored. Not nginx: it calls listen twice for
 * one socket, upon which DMTCP 4.2.0 ends it.
 */
@Timeout(120)
class DmtcpSurvivalIT {
  private static final Map<String, Supplier<Survivor>> PROGRAMS =
      Map.of(
          "C program", DmtcpSurvivors::program,
          "Python HTTP server", DmtcpSurvivors::python,
          "JVM service", DmtcpSurvivors::jvm,
          "Redis server", DmtcpSurvivors::redis,
          "shell pipeline", PipelineSurvivor::new,
          "TCP connection", DmtcpSurvivors::tcp);

  private static DmtcpTools tools = new DmtcpTools(Path.of(""), "");

  @BeforeAll
  static void findTools() {
    tools = TestTools.dmtcp();
  }

  static Stream<String> programs() {
    return PROGRAMS.keySet().stream().sorted();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("programs")
  void survives(String program, @TempDir Path directory) throws IOException {
    InstanceFiles.createPassable(directory);
    Path image = Files.createDirectory(directory.resolve("image"));
    try (Survivor survivor = PROGRAMS.get(program).get();
        DmtcpPlace place = new DmtcpPlace(tools, directory, survivor.isForNobody())) {
      Survivor.Launch launch = survivor.prepare(directory, place);
      place.start(launch.argv(), launch.readOnly());
      survivor.live(place);

      DumpReport report = place.hibernate(image);
      survivor.meanwhile();
      long start = System.nanoTime();
      place.wake(image);
      Duration woken = Duration.ofNanos(System.nanoTime() - start);

      survivor.prove(place);
      assertThat(report.memoryBytes()).isPositive();
      System.out.printf(
          "%s under DMTCP %s: held %d ms, took %d ms, %d KiB, woken in %d ms%n",
          program,
          tools.version(),
          report.frozen().toMillis(),
          report.took().toMillis(),
          report.imageBytes() / 1024,
          woken.toMillis());
    }
  }
}
