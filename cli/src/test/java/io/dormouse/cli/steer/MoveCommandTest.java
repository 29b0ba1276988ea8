package io.dormouse.cli.steer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dormouse.cli.CliRunner;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MoveCommandTest {
  private static final String BEGUN =
      "{\"instance\":\"app/w 1\",\"to\":\"n2\",\"decision\":\"w-7-1-2\",\"dryRun\":false}";

  private final CliRunner cli = new CliRunner();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final AtomicInteger explained = new AtomicInteger();
  private HttpServer server = newServer();
  private int status = 202;
  private String answer = BEGUN;
  private String outcomes = "[]";

  private static HttpServer newServer() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException noSocket) {
      throw new IllegalStateException(noSocket);
    }
  }

  @BeforeEach
  void start() {
    server.createContext("/", this::handle);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
    if (exchange.getRequestMethod().equals("POST")) {
      send(exchange, status, answer);
    } else if (explained.incrementAndGet() == 1) {
      send(exchange, 404, "{}");
    } else {
      send(exchange, 200, "{\"outcomes\":%s}".formatted(explained.get() == 2 ? "[]" : outcomes));
    }
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private int run(String... arguments) {
    return cli.run(
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of(
                    "move", "--url", "http://127.0.0.1:" + server.getAddress().getPort()),
                java.util.Arrays.stream(arguments))
            .toArray(String[]::new));
  }

  private void ends(String result, String reason) {
    outcomes =
        "[{\"result\":\"%s\",\"reason\":\"%s\",\"totalSeconds\":2.25}]".formatted(result, reason);
  }

  private void refuses(int code, String detail) {
    status = code;
    answer =
        "{\"title\":\"Conflict\",\"detail\":\"%s\",\"fix\":\"Maybe this passes.\"}"
            .formatted(detail);
  }

  @Test
  void waitsUntilItHasMoved() {
    ends("DONE", "");

    assertThat(run("app/w 1", "--to", "n2", "--reason", "a & b")).isZero();

    assertThat(cli.out()).isEqualTo("moved to n2 in 2.3 s" + System.lineSeparator());
    assertThat(asked)
        .contains(
            "POST /api/v1/move?instance=app%2Fw+1&to=n2&reason=a+%26+b&dryRun=false",
            "GET /api/v1/explain/w-7-1-2");
  }

  @Test
  void tellsItAsJson() {
    ends("DONE", "");

    assertThat(run("app/w 1", "--json")).isZero();

    assertThat(cli.json().get("result").asText()).isEqualTo("DONE");
    assertThat(cli.json().get("to").asText()).isEqualTo("n2");
    assertThat(cli.json().get("decision").asText()).isEqualTo("w-7-1-2");
    assertThat(cli.json().get("totalSeconds").asDouble()).isEqualTo(2.25);
  }

  @Test
  void saysWhyItWasUndone() {
    ends("UNDONE", "its step RESTORE failed");

    assertThat(run("w")).isEqualTo(1);

    assertThat(cli.err()).contains("UNDONE").contains("its step RESTORE failed").contains("Maybe ");
  }

  @Test
  void aDryRunAndOneThatIsNotWaitedForReturnAtOnce() {
    assertThat(run("w", "--dry-run")).isZero();
    assertThat(cli.out()).contains("would move to n2");
    assertThat(run("w", "--no-wait")).isZero();
    assertThat(cli.out()).contains("moves to n2");
    assertThat(explained).hasValue(0);
  }

  @Test
  void whatIsUnknownOrBusyIsSaidWithTheReason() {
    refuses(404, "There is no instance (w).");
    assertThat(run("w")).isEqualTo(3);
    assertThat(cli.err()).contains("There is no instance (w).").contains("Maybe this passes.");

    refuses(409, "The instance (w) can't be moved now: it is busy with a task.");
    assertThat(run("w", "--json")).isEqualTo(1);
    assertThat(cli.err()).contains("it is busy with a task");
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void doesNotWaitForEver() {
    assertThat(run("w", "--timeout", "1s")).isEqualTo(1);
    assertThat(cli.err()).contains("has not ended within 1 s").contains("Maybe ");
  }

  @Test
  void badNamesNeverReachTheController() {
    assertThat(run(" ")).isEqualTo(2);
    assertThat(run("w", "--to", "n".repeat(201))).isEqualTo(2);
    assertThat(asked).isEmpty();
  }
}
