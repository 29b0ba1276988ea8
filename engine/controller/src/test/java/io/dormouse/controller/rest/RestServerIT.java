package io.dormouse.controller.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.dormouse.checkpoint.agentapi.proto.Host;
import io.dormouse.checkpoint.agentapi.proto.Measure;
import io.dormouse.checkpoint.agentapi.proto.Missing;
import io.dormouse.checkpoint.agentapi.proto.MissingCause;
import io.dormouse.checkpoint.agentapi.proto.NodeUsage;
import io.dormouse.checkpoint.agentapi.proto.Stall;
import io.dormouse.checkpoint.agentapi.proto.Traffic;
import io.dormouse.checkpoint.agentapi.proto.Usage;
import io.dormouse.controller.history.HistoryDatabase;
import io.dormouse.controller.machine.ControllerView;
import io.dormouse.controller.machine.Input;
import io.dormouse.controller.machine.Mode;
import io.dormouse.controller.machine.MoveWish;
import io.dormouse.controller.machine.WishAnswer;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.Interruptibility;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.Epoch;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RestServerIT {
  private boolean leads = true;
  private final List<Input> inputs = new ArrayList<>();
  private final List<MoveWish> wishes = new ArrayList<>();
  private WishAnswer answer = new WishAnswer.Refused("nothing was asked");
  private final HttpClient http = HttpClient.newHttpClient();
  private final RestServer server =
      RestServer.start(
          new RestServer.Settings(
              "127.0.0.1",
              0,
              new Tokens(Optional.of("viewer-token-0001"), Optional.of("operator-token-01")),
              1_000),
          new RestServer.Backend(
              this::view,
              HistoryDatabase.open("jdbc:h2:mem:rest;DB_CLOSE_DELAY=-1"),
              metrics(),
              this::take,
              () -> true));

  private void take(Input input) {
    if (input instanceof Input.Wished wished) {
      wishes.add(wished.wish());
      wished.answer().accept(answer);
    } else {
      inputs.add(input);
    }
  }

  private Metrics metrics() {
    Metrics metrics = new Metrics(this::view);
    metrics.nodes(List.of(new NodeId("n1"), new NodeId("n2")));
    return metrics;
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static final NodeUsage USED =
      NodeUsage.newBuilder()
          .setCores(2)
          .setCpuBusyMicros(2_500_000)
          .setUsage(
              Usage.newBuilder()
                  .setDisk(Traffic.newBuilder().setInBytes(8).setOutBytes(9))
                  .setMemoryPressure(Stall.newBuilder().setSomeFraction(0.25))
                  .addMissing(
                      Missing.newBuilder()
                          .setMeasure(Measure.NETWORK)
                          .setCause(MissingCause.NO_DEVICE)))
          .build();

  private ControllerView view() {
    return new ControllerView(
        Instant.EPOCH,
        "cell",
        Mode.ACT,
        Optional.of(new Epoch(1, 42)).filter(epoch -> leads),
        false,
        true,
        ImmutableList.of(agent("n1", Optional.of(USED)), agent("n2", Optional.empty())),
        ImmutableList.of(),
        ImmutableList.of(instance("app/w-1"), instance("app/w-2"), instance("app/w-3")),
        ImmutableList.of(),
        0,
        ControllerView.noCounts());
  }

  private static ControllerView.InstanceView instance(String id) {
    return new ControllerView.InstanceView(
        new Instance(
            new InstanceId(id),
            new WorkloadClassId("worker"),
            Optional.empty(),
            InstancePhase.IDLE,
            HibernationLevel.AWAKE,
            Instant.EPOCH,
            Resources.of(1_000, 1 << 20),
            0,
            0,
            Interruptibility.IMMEDIATE),
        Optional.empty(),
        Optional.of(new NodeId("n1")).filter(at -> !id.equals("app/w-3")),
        Optional.of(USED.getUsage()).filter(used -> id.equals("app/w-1")),
        Optional.of("a dump of its kind failed").filter(why -> id.equals("app/w-1")));
  }

  private static ControllerView.AgentView agent(String node, Optional<NodeUsage> usage) {
    return new ControllerView.AgentView(
        new NodeId(node),
        true,
        true,
        ImmutableSet.of(),
        ImmutableSet.of(HibernationLevel.L3_FULL_SNAPSHOT),
        Host.newBuilder()
            .setEngine("capsule")
            .setKernelRelease(node.equals("n1") ? "6.9" : "5.10")
            .setToolVersion("criu 4.2")
            .build(),
        0,
        usage);
  }

  private HttpResponse<String> ask(String method, String path, String token)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode read(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = ask("GET", path, "viewer-token-0001");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new ObjectMapper().readTree(answer.body());
  }

  @Test
  void everyRouteIsDescribedAndEveryDescriptionServed() throws IOException {
    TreeSet<String> served = new TreeSet<>();
    new Routes(
            new RestServer.Backend(
                this::view,
                HistoryDatabase.open("jdbc:h2:mem:routes;DB_CLOSE_DELAY=-1"),
                new Metrics(this::view),
                inputs::add,
                () -> true))
        .all()
        .forEach(
            route ->
                served.add(
                    route.method() + " " + route.path().replace('<', '{').replace('>', '}')));
    TreeSet<String> described = new TreeSet<>();
    JsonNode document = new YAMLMapper().readTree(OpenApi.document());
    document
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        method ->
                            described.add(
                                method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey())));
    assertThat(described).isEqualTo(served);
    assertThat(document.path("openapi").asText()).startsWith("3.");
  }

  @Test
  void showsWhatTheViewKnows() throws Exception {
    assertThat(read("/api/v1/status").path("epoch").path("czxid").asLong()).isEqualTo(42);
    assertThat(read("/api/v1/instances/app/w-2").path("class").asText()).isEqualTo("worker");
    assertThat(read("/api/v1/nodes").path("agents").isArray()).isTrue();
    assertThat(read("/api/v1/decisions").path("decisions").isArray()).isTrue();
    JsonNode page = read("/api/v1/instances?limit=2");
    assertThat(page.path("instances")).hasSize(2);
    JsonNode rest = read("/api/v1/instances?limit=2&after=" + page.path("next").asText());
    assertThat(rest.path("instances")).hasSize(1);
    assertThat(rest.path("next").isNull()).isTrue();
  }

  @Test
  void saysWhereAnInstanceCanBeRestoredAndWhyNotElsewhere() throws Exception {
    JsonNode nodes = read("/api/v1/verdicts/app/w-2").get("nodes");
    assertThat(nodes.get(0).get("id").asText()).isEqualTo("n1");
    assertThat(nodes.get(0).get("restorable").asBoolean()).isTrue();
    assertThat(nodes.get(0).get("reasons")).isEmpty();
    assertThat(nodes.get(1).get("restorable").asBoolean()).isFalse();
    assertThat(nodes.get(1).get("reasons").findValuesAsText("kind")).containsExactly("kernel");

    assertThat(kinds("app/w-1")).as("no dump").containsExactly("dump", "dump");
    assertThat(kinds("app/w-3")).as("nowhere").containsExactly("unknown", "unknown");
    assertThat(ask("GET", "/api/v1/verdicts/none", "viewer-token-0001").statusCode())
        .isEqualTo(404);
  }

  private List<String> kinds(String instance) throws Exception {
    return read("/api/v1/verdicts/" + instance).findValuesAsText("kind");
  }

  @Test
  void onlyTheRightTokensOpenIt() throws Exception {
    assertThat(ask("GET", "/api/v1/status", "").statusCode()).isEqualTo(401);
    assertThat(ask("GET", "/api/v1/status", "another-token-001").statusCode()).isEqualTo(403);
    assertThat(ask("GET", "/api/v1/status", "operator-token-01").statusCode()).isEqualTo(200);
    assertThat(ask("POST", "/api/v1/pause", "viewer-token-0001").statusCode()).isEqualTo(403);
    assertThat(ask("GET", "/health/live", "").statusCode()).isEqualTo(200);
    assertThat(ask("GET", "/api/v1/openapi.yaml", "").statusCode()).isEqualTo(200);
    assertThat(inputs).isEmpty();
  }

  @Test
  void operatorsPauseAndResume() throws Exception {
    assertThat(ask("POST", "/api/v1/pause?dryRun=true", "operator-token-01").statusCode())
        .isEqualTo(200);
    assertThat(inputs).isEmpty();
    ask("POST", "/api/v1/pause?reason=maintenance", "operator-token-01");
    ask("POST", "/api/v1/resume", "operator-token-01");
    assertThat(inputs)
        .containsExactly(
            new Input.ModeSet(Mode.OBSERVE, "maintenance"),
            new Input.ModeSet(Mode.ACT, "none given"));
  }

  @Test
  void operatorsMoveInstances() throws Exception {
    answer = new WishAnswer.Begun(Optional.of("w-7"), new NodeId("n2"));

    HttpResponse<String> begun =
        ask("POST", "/api/v1/move?instance=app/w-1&reason=maintenance", "operator-token-01");

    assertThat(begun.statusCode()).isEqualTo(202);
    JsonNode json = new ObjectMapper().readTree(begun.body());
    assertThat(json.path("decision").asText()).isEqualTo("w-7");
    assertThat(json.path("to").asText()).isEqualTo("n2");
    assertThat(wishes)
        .containsExactly(
            new MoveWish(new InstanceId("app/w-1"), Optional.empty(), "maintenance", false));
    assertThat(ask("POST", "/api/v1/move?instance=app/w-1", "viewer-token-0001").statusCode())
        .isEqualTo(403);
    assertThat(wishes).hasSize(1);
  }

  @Test
  void whatStandsAgainstAMoveIsTold() throws Exception {
    answer = new WishAnswer.Refused("it is busy with a task");
    HttpResponse<String> refused =
        ask("POST", "/api/v1/move?instance=app/w-1&to=n2&dryRun=true", "operator-token-01");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("it is busy with a task").contains("Maybe ");

    answer = new WishAnswer.Unknown("There is no node (n9).");
    assertThat(ask("POST", "/api/v1/move?instance=w&to=n9", "operator-token-01").statusCode())
        .isEqualTo(404);
    assertThat(ask("POST", "/api/v1/move", "operator-token-01").statusCode()).isEqualTo(400);
    assertThat(ask("POST", "/api/v1/move?instance=%0A", "operator-token-01").statusCode())
        .isEqualTo(400);
    assertThat(wishes).hasSize(2);
  }

  @Test
  void onlyALeaderIsSteered() throws Exception {
    leads = false;

    HttpResponse<String> answer = ask("POST", "/api/v1/pause", "operator-token-01");

    assertThat(answer.statusCode()).isEqualTo(409);
    assertThat(answer.body()).contains("does not lead").contains("Maybe ");
    assertThat(inputs).isEmpty();
  }

  @Test
  void errorsAreProblemsWithAFix() throws Exception {
    for (String path :
        List.of(
            "/api/v1/instances/unknown",
            "/api/v1/explain/unknown",
            "/api/v1/instances?limit=0",
            "/api/v1/decisions?limit=x",
            "/nowhere")) {
      HttpResponse<String> answer = ask("GET", path, "viewer-token-0001");
      assertThat(answer.statusCode()).as(path).isIn(400, 404);
      assertThat(answer.headers().firstValue("content-type").orElse(""))
          .as(path)
          .startsWith("application/problem+json");
      assertThat(new ObjectMapper().readTree(answer.body()).path("fix").asText())
          .as(path)
          .startsWith("Maybe ");
    }
  }

  @Test
  void metricsHaveThePrefixAndUnits() throws Exception {
    String metrics = ask("GET", "/metrics", "viewer-token-0001").body();
    assertThat(metrics)
        .contains("dormouse_leader 1.0")
        .contains("dormouse_cycles_total 0.0")
        .contains("dormouse_instances{level=\"AWAKE\"} 3.0")
        .contains("dormouse_node_cpu_seconds_total{node=\"n1\"} 2.5")
        .contains("dormouse_node_memory_bytes{node=\"n1\"} NaN")
        .contains("dormouse_node_disk_written_bytes_total{node=\"n1\"} 9.0")
        .contains("dormouse_node_pressure_ratio{node=\"n1\",resource=\"memory\"} 0.25")
        .contains("dormouse_node_pressure_ratio{node=\"n2\",resource=\"memory\"} NaN");
    assertThat(metrics.lines().filter(line -> !line.startsWith("#")))
        .allMatch(line -> line.startsWith("dormouse_"));
  }

  @Test
  void whatIsUsedIsToldAndWhatIsNotMeasuredIsNullWithTheCause() throws Exception {
    JsonNode status =
        new ObjectMapper().readTree(ask("GET", "/api/v1/status", "viewer-token-0001").body());

    JsonNode node = status.at("/usage/n1");
    assertThat(node.get("cpuSeconds").asDouble()).isEqualTo(2.5);
    assertThat(node.get("memoryBytes").isNull()).isTrue();
    assertThat(node.at("/disk/writtenBytes").asLong()).isEqualTo(9);
    assertThat(node.get("network").isNull()).isTrue();
    assertThat(node.at("/pressure/memory/someFraction").asDouble()).isEqualTo(0.25);
    assertThat(node.at("/missing/network").asText()).isEqualTo("no_device");
    assertThat(status.at("/usage/n2").isNull()).isTrue();
    JsonNode instances =
        new ObjectMapper()
            .readTree(ask("GET", "/api/v1/instances", "viewer-token-0001").body())
            .get("instances");
    assertThat(instances.at("/0/usage/disk/readBytes").asLong()).isEqualTo(8);
    assertThat(instances.at("/1/usage").isNull()).isTrue();
  }
}
