package io.dormouse.yarn.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotPublisherTest {
  private static final String EMPTY_PLAN = "dormouse-plan 1\nepoch %d 1\nvalid-millis %d\nend\n";

  @TempDir Path folder;
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private final List<String> tokens = new CopyOnWriteArrayList<>();
  private final Counters counters = new Counters();
  private volatile String answer = "";
  private volatile int status = 200;
  private HttpServer server;

  @BeforeEach
  void serve() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          tokens.add(exchange.getRequestHeaders().getFirst("Authorization"));
          byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, status == 204 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void brings_back_the_plan_of_the_controller() throws Exception {
    SnapshotPublisher publisher = publisher(new Configuration(false));
    answer = String.format(EMPTY_PLAN, 5, 60_000);

    publisher.offer(view(1));

    await().until(() -> counters.published.get() == 1);
    assertThat(bodies).singleElement().asString().contains("\"takenAtMillis\":1");
    assertThat(tokens).containsExactly("Bearer secret");
    assertThat(publisher.takePlan()).isNotNull();
    assertThat(publisher.takePlan()).as("a plan is taken once").isNull();
  }

  @Test
  void refuses_the_plan_of_an_older_leader() throws Exception {
    SnapshotPublisher publisher = publisher(new Configuration(false));
    answer = String.format(EMPTY_PLAN, 5, 60_000);
    publisher.offer(view(1));
    await().until(() -> counters.published.get() == 1);
    assertThat(publisher.takePlan()).isNotNull();
    answer = String.format(EMPTY_PLAN, 4, 60_000);

    publisher.offer(view(2));

    await().until(() -> counters.plansRefused.get() == 1);
    assertThat(publisher.takePlan()).isNull();
  }

  @Test
  void drops_a_plan_that_is_too_old() throws Exception {
    SnapshotPublisher publisher = publisher(new Configuration(false));
    answer = String.format(EMPTY_PLAN, 5, 0);

    publisher.offer(view(1));

    await().until(() -> counters.published.get() == 1);
    await().until(() -> publisher.takePlan() == null && counters.plansExpired.get() == 1);
  }

  @Test
  void takes_malformed_long_and_failed_answers_for_failures() throws Exception {
    Configuration small = new Configuration(false);
    small.setInt(PluginConfig.RESPONSE_BYTES_MAX, 100);
    SnapshotPublisher publisher = publisher(small);

    answer = "hello";
    publisher.offer(view(1));
    await().until(() -> counters.publishFailures.get() == 1);
    answer = "x".repeat(1_000);
    publisher.offer(view(2));
    await().until(() -> counters.publishFailures.get() == 2);
    status = 500;
    publisher.offer(view(3));
    await().until(() -> counters.publishFailures.get() == 3);

    assertThat(publisher.takePlan()).isNull();
  }

  @Test
  void an_absent_controller_costs_the_scheduler_nothing() throws Exception {
    SnapshotPublisher publisher = publisher(new Configuration(false));
    server.stop(0);

    long start = System.nanoTime();
    for (int i = 0; i < 1_000; i++) {
      publisher.offer(view(i));
      assertThat(publisher.takePlan()).isNull();
    }

    assertThat(System.nanoTime() - start).isLessThan(1_000_000_000L);
    await().until(() -> counters.publishFailures.get() >= 1);
  }

  private SnapshotPublisher publisher(Configuration conf) throws Exception {
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    conf.set(PluginConfig.ENDPOINT, url);
    conf.set(
        PluginConfig.TOKEN_FILE, Files.writeString(folder.resolve("token"), "secret\n").toString());
    PluginConfig config = PluginConfig.from(conf);
    return new SnapshotPublisher(new PlanClient(URI.create(url).toURL(), config), config, counters);
  }

  private static ClusterView view(long takenAtMillis) {
    return new ClusterView(takenAtMillis, new Rows(1));
  }
}
