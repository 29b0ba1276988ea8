package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@link HeapService} with the JVM's usual collector, threads, and performance counters in a mapped
 * file, which other JVMs remove while it is gone.
 */
final class JvmSurvivor implements Survivor {
  private int port;
  private long ticks;
  private @Nullable LineClient client;

  @Override
  public Launch prepare(Path directory, Home home) throws IOException {
    port = LineClient.freePort();
    return launch(port);
  }

  static Launch launch(int port) {
    Path classes =
        Path.of(HeapService.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    Path java = Path.of(System.getProperty("java.home"));
    List<String> argv =
        List.of(
            java.resolve("bin").resolve("java").toString(),
            "-Xmx128m",
            "-cp",
            classes.toString(),
            HeapService.class.getName(),
            Integer.toString(port));
    return new Launch(argv, List.of(classes, java));
  }

  private LineClient client() {
    client = client == null ? LineClient.connect(port) : client;
    return client;
  }

  int port() {
    return port;
  }

  @Override
  public void live(Home home) throws IOException {
    for (int i = 1; i <= 200; i++) {
      assertThat(client().ask("line")).startsWith("line " + i + " sound ");
    }
    ticks = ticks(client().ask("last"));
  }

  @Override
  public void meanwhile() throws IOException {
    Path counters = Path.of("/tmp").resolve("hsperfdata_nobody");
    if (Files.isDirectory(counters)) {
      try (Stream<Path> files = Files.list(counters)) {
        for (Path file : files.toList()) {
          if (!ProcFs.isAlive(Long.parseLong(file.getFileName().toString()))) {
            Files.delete(file);
          }
        }
      }
    }
    client().say("meanwhile");
  }

  @Override
  public void prove(Home home) throws IOException {
    String answer = client().hear();
    assertThat(answer).startsWith("meanwhile 202 sound ");
    assertThat(ticks(answer)).isGreaterThanOrEqualTo(ticks);
    for (int i = 203; i <= 300; i++) {
      assertThat(client().ask("line")).startsWith("line " + i + " sound ");
    }
    assertThat(ticks(client().ask("last"))).as("its thread runs").isGreaterThan(ticks(answer));
  }

  private static long ticks(String answer) {
    return Long.parseLong(answer.substring(answer.lastIndexOf(' ') + 1));
  }

  @Override
  public void close() throws IOException {
    if (client != null) {
      client.close();
    }
  }
}
