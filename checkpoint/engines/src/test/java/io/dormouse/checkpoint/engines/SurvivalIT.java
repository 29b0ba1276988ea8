package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Real programs, each dumped, gone, and restored: bare and in a capsule. */
@Timeout(60)
class SurvivalIT {
  private static final Map<String, Supplier<Survivor>> PROGRAMS =
      Map.of(
          "C program", NativeSurvivor::new,
          "Python HTTP server", PythonSurvivor::new,
          "JVM service", JvmSurvivor::new,
          "nginx", NginxSurvivor::new,
          "Redis server", RedisSurvivor::new,
          "shell pipeline", PipelineSurvivor::new,
          "TCP connection", StreamSurvivor::new);
  private static final Map<String, Place> PLACES =
      Map.of(
          "bare",
          BareHome::new,
          "in a capsule",
          (tools, directory, forNobody) -> new CapsuleHome(tools, directory),
          "in a capsule, its pages from memory and later",
          (tools, directory, forNobody) -> new StoredHome(tools, directory, true));

  private static Toolchain tools = new Toolchain(Path.of(""), "", Path.of(""), "");

  private interface Place {
    Home in(Toolchain tools, Path directory, boolean forNobody) throws IOException;
  }

  @BeforeAll
  static void findTools() {
    tools = TestTools.toolchain();
  }

  static Stream<Arguments> everyProgramEverywhere() {
    return PROGRAMS.keySet().stream()
        .sorted()
        .flatMap(program -> PLACES.keySet().stream().sorted().map(p -> Arguments.of(program, p)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("everyProgramEverywhere")
  void survives(String program, String place, @TempDir Path directory) throws IOException {
    InstanceFiles.createPassable(directory);
    Path image = Files.createDirectory(directory.resolve("image"), Private.DIRECTORY);
    try (Survivor survivor = PROGRAMS.get(program).get();
        Home home = PLACES.get(place).in(tools, directory, survivor.isForNobody())) {
      Survivor.Launch launch = survivor.prepare(directory, home);
      home.start(launch.argv(), launch.readOnly());
      survivor.live(home);

      DumpReport report = home.hibernate(image);
      survivor.meanwhile();
      home.wake(image);

      survivor.prove(home);
      assertThat(report.memoryBytes()).isPositive();
      System.out.printf(
          "%s %s: held %d ms, %d KiB%n",
          program, place, report.frozen().toMillis(), report.imageBytes() / 1024);
    }
  }
}
