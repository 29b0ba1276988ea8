package io.dormouse.checkpoint.agentapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.AnnounceReply;
import io.dormouse.checkpoint.agentapi.proto.AnnounceRequest;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.agentapi.proto.Inventory;
import io.dormouse.checkpoint.agentapi.proto.NodeAgentGrpc;
import io.dormouse.checkpoint.agentapi.proto.WatchRequest;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentClientTest {
  @TempDir private Path folder;
  private final List<@Nullable String> authorizations = new CopyOnWriteArrayList<>();
  private final Service service = new Service();
  private Server server;

  @BeforeEach
  void start() throws IOException {
    server = startServer(0);
  }

  @AfterEach
  void stop() throws InterruptedException {
    server.shutdownNow();
    server.awaitTermination(10, TimeUnit.SECONDS);
  }

  @Test
  void announcesAndExecutesWithItsToken() throws Exception {
    try (AgentClient client = client()) {
      assertThat(get(client.announce(AnnounceRequest.getDefaultInstance())))
          .isInstanceOfSatisfying(
              AgentReply.Answered.class,
              a -> assertThat(((AnnounceReply) a.value()).getAccepted()).isTrue());
      assertThat(get(client.execute(AgentCommand.getDefaultInstance())))
          .isInstanceOf(AgentReply.Answered.class);
    }
    assertThat(authorizations).hasSize(2).containsOnly("Bearer 0123456789abcdef");
  }

  @Test
  void aCommandWithoutAnswerInTimeHasAnUnknownOutcome() throws Exception {
    service.answers = false;
    AgentClientConfig patient = config(server.getPort());
    AgentClientConfig hasty =
        new AgentClientConfig(
            patient.host(),
            patient.port(),
            patient.tokenFile(),
            patient.announceDeadline(),
            Duration.ofMillis(100),
            patient.backOffFirst(),
            patient.backOffMax());
    try (AgentClient client = AgentClient.connect(hasty)) {
      assertThat(get(client.execute(AgentCommand.getDefaultInstance())))
          .isInstanceOfSatisfying(
              AgentReply.NoAnswer.class,
              n -> {
                assertThat(n.status()).isEqualTo("DEADLINE_EXCEEDED");
                assertThat(n.begun()).isTrue();
              });
    }
  }

  @Test
  void aWatchComesBackWithAnInventoryAfterTheAgentRestarted() throws Exception {
    Recorder recorder = new Recorder();
    try (AgentClient client = client();
        Watch watch = client.watch(recorder)) {
      await().until(() -> recorder.inventories() == 1);
      int port = server.getPort();
      stop();
      await().until(() -> !recorder.reasons.isEmpty());
      server = startServer(port);

      await().atMost(Duration.ofSeconds(20)).until(() -> recorder.inventories() == 2);
      assertThat(watch).isNotNull();
    }
  }

  @Test
  void aClosedWatchHearsNothingMore() throws Exception {
    Recorder recorder = new Recorder();
    try (AgentClient client = client()) {
      Watch watch = client.watch(recorder);
      await().until(() -> recorder.inventories() == 1);
      watch.close();
      stop();
    }
    assertThat(recorder.reasons).isEmpty();
  }

  @Test
  void onlyLoopbackIsTalkedToInClearText() {
    Path token = folder.resolve("token");

    assertThatThrownBy(() -> AgentClientConfig.of("192.0.2.1", 80, token))
        .hasMessageContaining("loopback");
    assertThatThrownBy(() -> AgentClientConfig.of("127.0.0.1", 0, token))
        .hasMessageContaining("port (0)");
  }

  private AgentClient client() throws IOException {
    return AgentClient.connect(config(server.getPort()));
  }

  private AgentClientConfig config(int port) throws IOException {
    Path token = folder.resolve("token");
    Files.writeString(token, "0123456789abcdef");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    return AgentClientConfig.of("127.0.0.1", port, token);
  }

  private Server startServer(int port) throws IOException {
    return NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
        .addService(service)
        .intercept(
            new ServerInterceptor() {
              @Override
              public <Q, R> ServerCall.Listener<Q> interceptCall(
                  ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                authorizations.add(headers.get(BearerToken.AUTHORIZATION));
                return next.startCall(call, headers);
              }
            })
        .build()
        .start();
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private static final class Recorder implements AgentListener {
    final List<AgentEvent> events = new CopyOnWriteArrayList<>();
    final List<String> reasons = new CopyOnWriteArrayList<>();

    @Override
    public void event(AgentEvent event) {
      events.add(event);
    }

    @Override
    public void disconnected(String reason) {
      reasons.add(reason);
    }

    long inventories() {
      return new ArrayList<>(events).stream().filter(AgentEvent::hasInventory).count();
    }
  }

  private static final class Service extends NodeAgentGrpc.NodeAgentImplBase {
    volatile boolean answers = true;

    @Override
    public void announce(AnnounceRequest request, StreamObserver<AnnounceReply> reply) {
      reply.onNext(AnnounceReply.newBuilder().setAccepted(true).build());
      reply.onCompleted();
    }

    @Override
    public void execute(AgentCommand command, StreamObserver<AgentResult> reply) {
      if (answers) {
        reply.onNext(AgentResult.newBuilder().setDone(Done.getDefaultInstance()).build());
        reply.onCompleted();
      }
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<AgentEvent> events) {
      events.onNext(AgentEvent.newBuilder().setInventory(Inventory.getDefaultInstance()).build());
    }
  }
}
