package io.dormouse.controller.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.dormouse.controller.history.HistoryDatabase;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What a controller tells, and to whom. */
class RestServerIT extends RestCase {
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
