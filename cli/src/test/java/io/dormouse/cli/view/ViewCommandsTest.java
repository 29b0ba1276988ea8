package io.dormouse.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.dormouse.cli.CliRunner;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewCommandsTest {
  private static final Map<String, String> ANSWERS =
      Map.of(
          "/api/v1/status", "{\"leader\":true,\"mode\":\"act\"}",
          "/api/v1/instances", "[{\"id\":\"i-1\",\"class\":\"c\",\"level\":\"L1_RETAINED\"}]",
          "/api/v1/decisions", "{\"decisions\":[]}",
          "/api/v1/explain/d-1-0",
              "{\"id\":\"d-1-0\",\"at\":\"2026-01-01T00:00:00Z\",\"action\":\"hibernate\","
                  + "\"instance\":\"i-1\",\"reason\":\"It rests.\",\"terms\":{\"saved_holding\":0.001},"
                  + "\"rejected\":[{\"option\":\"stay\",\"value\":-1,\"reason\":\"dearer\"}]}",
          "/api/v1/verdicts/app/i 1",
              "{\"nodes\":[{\"id\":\"n-1\",\"restorable\":true,\"reasons\":[]},"
                  + "{\"id\":\"n-2\",\"restorable\":false,\"reasons\":["
                  + "{\"kind\":\"kernel\",\"text\":\"too old\"},{\"kind\":\"cpu\",\"text\":\"no avx2\"}]}]}",
          "/api/v1/nodes", "<html>");

  @TempDir Path folder;
  private final CliRunner cli = new CliRunner();
  private HttpServer server = newServer();

  private static HttpServer newServer() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException noSocket) {
      throw new IllegalStateException(noSocket);
    }
  }

  @BeforeEach
  void start() {
    server.createContext(
        "/",
        exchange -> {
          String answer = ANSWERS.get(exchange.getRequestURI().getPath());
          boolean allowed =
              "Bearer a-secret-of-many-characters"
                  .equals(exchange.getRequestHeaders().getFirst("Authorization"));
          byte[] body = (answer == null ? "" : answer).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(!allowed ? 401 : answer == null ? 404 : 200, 0);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void showsStatusAsTextAndJson() throws IOException {
    assertThat(run("status")).isZero();
    assertThat(cli.out()).contains("mode").contains("act");
    assertThat(run("status", "--json")).isZero();
    assertThat(cli.json().get("leader").asBoolean()).isTrue();
  }

  @Test
  void showsAListAsATable() throws IOException {
    assertThat(run("instances")).isZero();
    assertThat(cli.out()).contains("level").contains("i-1  c").contains("L1_RETAINED");
  }

  @Test
  void saysWhereAnInstanceCanBeRestoredAndWhyNotElsewhere() throws IOException {
    assertThat(run("nodes", "--for", "app/i 1")).isZero();
    assertThat(cli.out().lines().map(String::strip).toList())
        .anyMatch(line -> line.matches("n-1 +true +-"))
        .anyMatch(line -> line.matches("n-2 +false +too old; no avx2"));
    assertThat(run("nodes", "--for", "app/i-9")).isEqualTo(3);
  }

  @Test
  void anEmptyListIsNothing() throws IOException {
    assertThat(run("decisions", "--json")).isEqualTo(3);
    assertThat(cli.json().get("decisions")).isEmpty();
  }

  @Test
  void explainsADecisionInMoney() throws IOException {
    assertThat(run("explain", "d-1-0")).isZero();
    assertThat(cli.out())
        .contains("hibernate i-1")
        .contains("It rests.")
        .contains("saved_holding  +0.001000000")
        .contains("not stay (-1.000000000 USD): dearer");
  }

  @Test
  void whatTheControllerDoesNotKnowIsNotFound() throws IOException {
    assertThat(run("explain", "d-9-9")).isEqualTo(3);
    assertThat(cli.err()).contains("knows no explain/d-9-9").contains("Maybe ");
  }

  @Test
  void badArgumentsNeverReachTheController() throws IOException {
    assertThat(run("explain", "../status")).isEqualTo(2);
    assertThat(run("decisions", "--limit", "0")).isEqualTo(2);
    assertThat(cli.run("status", "--url", "ftp://x")).isEqualTo(2);
    assertThat(cli.run("status", "--token-file", folder.resolve("none").toString())).isEqualTo(2);
    assertThat(cli.err()).contains("does not exist").contains("Maybe ");
  }

  @Test
  void aTokenThatOthersCanReadIsNotUsed() throws IOException {
    Path open = Files.writeString(folder.resolve("open"), "a-secret-of-many-characters");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));

    assertThat(cli.run("status", "--url", url(), "--token-file", open.toString())).isEqualTo(2);
    assertThat(cli.err()).contains("rw-r--r--").contains("Maybe run: chmod 600");
  }

  @Test
  void aRefusedTokenAndAForeignServerAreSaid() throws IOException {
    assertThat(cli.run("status", "--url", url())).isEqualTo(1);
    assertThat(cli.err()).contains("refused the token");
    assertThat(run("nodes")).isEqualTo(1);
    assertThat(cli.err()).contains("does not speak JSON");
  }

  private int run(String... arguments) throws IOException {
    Path token = folder.resolve("token");
    Files.writeString(token, "a-secret-of-many-characters\n");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    return cli.run(
        java.util.stream.Stream.concat(
                java.util.Arrays.stream(arguments),
                java.util.stream.Stream.of("--url", url(), "--token-file", token.toString()))
            .toArray(String[]::new));
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }
}
