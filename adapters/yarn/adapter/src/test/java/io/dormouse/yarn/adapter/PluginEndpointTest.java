package io.dormouse.yarn.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PluginEndpointTest {
  private static final String VIEW =
      """
      {"format":1,"takenAtMillis":9,"truncated":false,
       "nodes":[{"id":"h:1","state":"RUNNING","capacity":{"memoryBytes":8,"vcores":2},
                 "used":{"memoryBytes":0,"vcores":0}}],
       "apps":[{"id":"a","type":"PLAIN","pending":{"memoryBytes":4,"vcores":1}}],
       "containers":["c1"]}""";

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<PluginView> views = new CopyOnWriteArrayList<>();
  private Optional<String> plan = Optional.empty();
  private PluginEndpoint endpoint;

  @BeforeEach
  void serve() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "a-long-enough-secret\n");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    YarnSettings settings =
        new YarnSettings(
            "127.0.0.1:1",
            token,
            new InetSocketAddress("127.0.0.1", 0),
            Optional.of(token),
            "default",
            Duration.ofSeconds(5));
    endpoint = new PluginEndpoint(settings, views::add, () -> plan);
  }

  @AfterEach
  void stop() {
    endpoint.close();
  }

  private HttpResponse<String> send(String method, String token, String body) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + endpoint.address().getPort() + PluginEndpoint.PATH);
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(Duration.ofSeconds(10))
            .header("Authorization", "Bearer " + token)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void takesAViewAndAnswersWithThePlan() throws Exception {
    assertThat(send("POST", "a-long-enough-secret", VIEW).statusCode()).isEqualTo(204);
    plan = Optional.of("a plan");

    assertThat(send("POST", "a-long-enough-secret", VIEW).body()).isEqualTo("a plan");

    assertThat(views)
        .hasSize(2)
        .first()
        .extracting(PluginView::containers)
        .isEqualTo(List.of("c1"));
  }

  @Test
  void refusesAForeignTokenAndAnotherMethod() throws Exception {
    assertThat(send("POST", "guess", VIEW).statusCode()).isEqualTo(401);
    assertThat(send("GET", "a-long-enough-secret", "").statusCode()).isEqualTo(405);
    assertThat(views).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "null",
        "{\"format\":1}",
        "{\"format\":2,\"takenAtMillis\":9,\"truncated\":false,\"nodes\":[],\"apps\":[],\"containers\":[]}",
        "{\"format\":1,\"takenAtMillis\":9,\"truncated\":false,\"nodes\":[null],\"apps\":[],\"containers\":[]}",
        "{\"format\":1,\"takenAtMillis\":9,\"truncated\":false,\"nodes\":[],\"apps\":[{}],\"containers\":[]}",
        "{\"format\":1,\"takenAtMillis\":1e99,\"truncated\":false,\"nodes\":[],\"apps\":[],\"containers\":[]}"
      })
  void refusesAMalformedView(String body) throws Exception {
    assertThat(send("POST", "a-long-enough-secret", body).statusCode()).isEqualTo(400);
    assertThat(views).isEmpty();
  }
}
