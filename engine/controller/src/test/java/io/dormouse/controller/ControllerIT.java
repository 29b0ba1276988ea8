package io.dormouse.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.pki.PeerName;
import io.dormouse.checkpoint.pki.Role;
import io.dormouse.checkpoint.pki.TlsFiles;
import io.dormouse.checkpoint.pki.authority.CertificateAuthority;
import io.dormouse.checkpoint.pki.authority.CertificateRequest;
import io.dormouse.checkpoint.pki.authority.IssuedFiles;
import io.dormouse.controller.config.ConfigLoader;
import io.dormouse.controller.config.ControllerConfig;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.spi.ClusterAdapter;
import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerCommand;
import io.dormouse.engine.spi.SchedulerEvent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon with a real ZooKeeper, a real database, real gRPC and real HTTP. */
class ControllerIT {
  @TempDir Path folder;

  private ControllerConfig config(String mode, String zookeeper, int agentPort) throws IOException {
    TlsFiles tls = files(Role.CONTROLLER).tls();
    return ConfigLoader.parse(
        """
        mode: %s
        time-scale: 60
        beat: 200ms
        zookeeper: %s
        history: jdbc:h2:mem:%s;DB_CLOSE_DELAY=-1
        scheduler: {name: played}
        agents: {addresses: {node-1: "127.0.0.1:%d"}}
        tls: {certificate: %s, key: %s, authority: %s}
        rest: {port: 0, port-file: %s}
        """
            .formatted(
                mode,
                zookeeper,
                mode,
                agentPort,
                tls.certificate(),
                tls.key(),
                tls.authority(),
                folder.resolve("port")));
  }

  @BeforeEach
  void issueCertificates() throws IOException {
    CertificateAuthority authority =
        CertificateAuthority.create(
            folder.resolve("ca"), Duration.ofDays(2), InstantSource.system());
    for (PeerName name :
        List.of(
            new PeerName("default", Role.AGENT, "node-1"),
            new PeerName("default", Role.CONTROLLER, "boss"))) {
      authority.issue(
          new CertificateRequest(name, List.of("127.0.0.1"), Duration.ofDays(1)),
          files(name.role()));
    }
  }

  private IssuedFiles files(Role role) {
    return new IssuedFiles(folder.resolve(role.label()));
  }

  @Test
  void hibernatesWhatIsIdleAndWakesWhatIsWanted() throws Exception {
    try (TestingServer zookeeper = new TestingServer(true);
        PlayedAgent agent = new PlayedAgent(files(Role.AGENT).tls());
        Controller controller =
            Controller.start(
                config("act", zookeeper.getConnectString(), agent.port()), scheduler)) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> !read(controller, "decisions").path("decisions").isEmpty());
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> has(agent, AgentCommand.CommandCase.RELEASE));
      assertThat(has(agent, AgentCommand.CommandCase.DUMP)).isTrue();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> read(controller, "status").path("actions").isEmpty());
      assertThat(scheduler.charges).isNotEmpty().containsOnly(Duration.ofSeconds(15));
      JsonNode decision = read(controller, "decisions").path("decisions").get(0);
      assertThat(decision.path("action").asText()).isEqualTo("hibernate");
      assertThat(decision.path("disposition").asText()).isEqualTo("carried out");
      assertThat(decision.path("terms").isEmpty()).isFalse();
      scheduler.taskArrives();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  scheduler.commands.stream()
                      .anyMatch(
                          command ->
                              command instanceof SchedulerCommand.Resume
                                  || command instanceof SchedulerCommand.Allocate));
      assertThat(read(controller, "explain/" + decision.path("id").asText()).path("outcomes"))
          .isNotEmpty();
    }
  }

  private final PlayedScheduler scheduler = new PlayedScheduler();

  @Test
  void observesWithoutTouchingAnything() throws Exception {
    try (TestingServer zookeeper = new TestingServer(true);
        PlayedAgent agent = new PlayedAgent(files(Role.AGENT).tls());
        Controller controller =
            Controller.start(
                config("observe", zookeeper.getConnectString(), agent.port()), scheduler)) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> !read(controller, "decisions").path("decisions").isEmpty());
      assertThat(
              read(controller, "decisions").path("decisions").get(0).path("disposition").asText())
          .isEqualTo("observed only");
      assertThat(folder.resolve("port")).hasContent(String.valueOf(controller.restPort()));
      assertThat(scheduler.commands).isEmpty();
      assertThat(scheduler.charges).isNotEmpty().containsOnly(Duration.ZERO);
      assertThat(agent.commands).isEmpty();
    }
  }

  @Test
  void anErrorStopsAControllerAndAnotherTakesOver() throws Exception {
    try (TestingServer zookeeper = new TestingServer(true);
        PlayedAgent agent = new PlayedAgent(files(Role.AGENT).tls());
        Controller failing =
            Controller.start(
                config("observe", zookeeper.getConnectString(), agent.port()),
                new FailingScheduler())) {
      assertThat(failing.ended())
          .failsWithin(Duration.ofSeconds(60))
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(NoSuchMethodError.class);
      try (Controller next =
          Controller.start(config("act", zookeeper.getConnectString(), agent.port()), scheduler)) {
        await().atMost(Duration.ofSeconds(30)).until(() -> !scheduler.charges.isEmpty());
        assertThat(next.ended()).isNotDone();
      }
    }
  }

  /** Its code is not of the version that the controller was built with. */
  private static final class FailingScheduler implements ClusterAdapter {
    @Override
    public void start(Consumer<SchedulerEvent> listener) {
      SnapshotDelta nothing = SnapshotDelta.builder(Instant.now()).build();
      listener.accept(new SchedulerEvent.ClusterChanged(nothing, true));
    }

    @Override
    public void execute(Epoch epoch, SchedulerCommand command) {}

    @Override
    public Optional<String> onePlaceOnly() {
      return Optional.empty();
    }

    @Override
    public void charge(Epoch epoch, Duration lease) {
      throw new NoSuchMethodError("charge");
    }

    @Override
    public void close() {}
  }

  @Test
  void aSchedulerWithoutAnAdapterIsNamed() throws IOException {
    ControllerConfig config = config("act", "127.0.0.1:1", 1);
    assertThatThrownBy(() -> Controller.start(config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(played)")
        .hasMessageContaining("Maybe");
  }

  private static boolean has(PlayedAgent agent, AgentCommand.CommandCase wanted) {
    return agent.commands.stream().anyMatch(command -> command.getCommandCase() == wanted);
  }

  private static JsonNode read(Controller controller, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%d/api/v1/%s".formatted(controller.restPort(), path)))
            .build();
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new ObjectMapper().readTree(answer.body());
  }
}
