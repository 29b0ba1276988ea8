package io.dormouse.it.moves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.sun.net.httpserver.HttpServer;
import io.dormouse.controller.machine.Placement;
import io.dormouse.controller.machine.Service;
import io.dormouse.controller.traffic.RuntimeAddress;
import io.dormouse.controller.traffic.ServerName;
import io.dormouse.controller.traffic.TrafficDirector;
import io.dormouse.controller.traffic.TrafficSettings;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Traffic through a real HAProxy, from Debian's package. */
class HaproxyIT {
  private static final String HOST = "127.0.0.1";

  @TempDir Path folder;
  private final List<HttpServer> servers = new ArrayList<>();
  private final List<Process> proxies = new ArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private int front;
  private int one;
  private int two;

  @BeforeEach
  void start() throws IOException {
    front = freePort();
    one = server("one");
    two = server("two");
    startHaproxy("enabled");
  }

  @AfterEach
  void stop() throws InterruptedException {
    endHaproxy();
    servers.forEach(server -> server.stop(0));
  }

  private int server(String says) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(HOST, 0), 16);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, says.length());
          exchange.getResponseBody().write(says.getBytes(StandardCharsets.US_ASCII));
          exchange.close();
        });
    server.start();
    servers.add(server);
    return server.getAddress().getPort();
  }

  private void startHaproxy(String state) throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("haproxy.cfg"),
            """
            global
              stats socket %s mode 600 level admin
              maxconn 50
            defaults
              mode http
              timeout connect 1s
              timeout client 5s
              timeout server 5s
            frontend front
              bind %s:%d
              default_backend counters
            backend counters
              server s1 %s:%d %s
            """
                .formatted(socket(), HOST, front, HOST, one, state));
    List<String> command = new ArrayList<>(HaproxyPackage.command());
    command.addAll(List.of("-db", "-f", config.toString()));
    proxies.add(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("haproxy.log").toFile())
            .start());
    await().until(() -> Files.exists(socket()) && says("one", "two", "503"));
  }

  private void endHaproxy() throws InterruptedException {
    for (Process proxy : proxies) {
      proxy.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  private Path socket() {
    return folder.resolve("admin.sock");
  }

  private boolean says(String... wanted) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://%s:%d/".formatted(HOST, front)))
            .timeout(Duration.ofSeconds(5))
            .build();
    try {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      return List.of(wanted).contains(answer.body())
          || List.of(wanted).contains("" + answer.statusCode());
    } catch (IOException notYet) {
      return false;
    }
  }

  private TrafficDirector director(String server, RuntimeAddress address) {
    Service service = new Service("counter", new InstanceId("w"), two);
    return new TrafficDirector(
        new TrafficSettings(
            ImmutableList.of(service),
            ImmutableMap.of("counter", ServerName.parse(server).orElseThrow()),
            ImmutableList.of(address),
            Duration.ofSeconds(2),
            Duration.ofMillis(200)));
  }

  private static void direct(TrafficDirector director) {
    director.direct(
        ImmutableList.of(
            new Placement(director.services().get(0), new NodeId("n2"), "life", "localhost")));
  }

  private TrafficDirector director(String server) {
    return director(server, RuntimeAddress.parse(socket().toString()).orElseThrow());
  }

  @Test
  void requestsGoToTheNewPlaceAndStillDoAfterARestartOfHaproxy() throws Exception {
    assertThat(says("one")).isTrue();
    try (TrafficDirector director = director("counters/s1")) {
      direct(director);
      await().until(() -> says("two"));
      assertThat(director.changes()).isOne();

      endHaproxy();
      Files.deleteIfExists(socket());
      startHaproxy("disabled");

      await().until(() -> director.changes() == 2 && says("two"));
    }
  }

  @Test
  void aServerThatIsNotThereIsAFailureAndNothingChanges() throws Exception {
    for (String wrong : List.of("counters/s9", "nope/s1")) {
      try (TrafficDirector director = director(wrong)) {
        direct(director);
        await().until(() -> director.failures() > 1);
        assertThat(director.changes()).isZero();
      }
    }
    assertThat(says("one")).isTrue();
  }

  /** Its HTTP side is no runtime API. */
  @Test
  void anotherPortOfHaproxyIsAFailure() throws Exception {
    try (TrafficDirector director = director("counters/s1", new RuntimeAddress.Tcp(HOST, front))) {
      direct(director);
      await().until(() -> director.failures() > 0);
    }
    assertThat(says("one")).isTrue();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
