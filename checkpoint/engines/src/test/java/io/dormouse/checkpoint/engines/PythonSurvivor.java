package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Remembers requests, and answers over a connection that was open all the time: see server.py. */
final class PythonSurvivor implements Survivor {
  private final List<LineClient> clients = new ArrayList<>();
  private int port;

  @Override
  public Launch prepare(Path directory, Home home) throws IOException {
    Path programs = InstanceFiles.createPassable(directory.resolve("programs"));
    Path script = TestPrograms.resource("server.py", programs);
    port = LineClient.freePort();
    List<Path> readOnly = new ArrayList<>(List.of(programs));
    List<String> argv = new ArrayList<>(TestPrograms.python(readOnly));
    argv.addAll(List.of(script.toString(), Integer.toString(port)));
    return new Launch(argv, readOnly);
  }

  int port() {
    return port;
  }

  @Override
  public void live(Home home) throws IOException {
    for (int i = 0; i < 2; i++) {
      LineClient client = LineClient.connect(port);
      clients.add(client);
      assertThat(client.get("/")).isEqualTo("%d 1 sound", 2 * i + 1);
      assertThat(client.get("/")).isEqualTo("%d 2 sound", 2 * i + 2);
    }
  }

  @Override
  public void meanwhile() throws IOException {
    clients.get(0).request("/asked-meanwhile");
  }

  @Override
  public void prove(Home home) throws IOException {
    assertThat(clients.get(0).answer()).isEqualTo("5 3 sound");
    assertThat(clients.get(1).get("/")).isEqualTo("6 3 sound");
    try (LineClient later = LineClient.connect(port)) {
      assertThat(later.get("/")).isEqualTo("7 1 sound");
    }
    assertThat(Files.readAllLines(home.work().resolve("requests"))).hasSize(7);
  }

  @Override
  public void close() throws IOException {
    for (LineClient client : clients) {
      client.close();
    }
  }
}
