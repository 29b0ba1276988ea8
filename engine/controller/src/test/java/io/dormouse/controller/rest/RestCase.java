package io.dormouse.controller.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import org.junit.jupiter.api.AfterEach;

/** A server of a cell of two nodes and three instances. */
abstract class RestCase {
  boolean leads = true;
  final List<Input> inputs = new ArrayList<>();
  final List<MoveWish> wishes = new ArrayList<>();
  WishAnswer answer = new WishAnswer.Refused("nothing was asked");
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

  ControllerView view() {
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

  HttpResponse<String> ask(String method, String path, String token)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  JsonNode read(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = ask("GET", path, "viewer-token-0001");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new ObjectMapper().readTree(answer.body());
  }
}
