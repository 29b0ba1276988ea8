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
import io.dormouse.checkpoint.pki.CallerGuard;
import io.dormouse.checkpoint.pki.PeerName;
import io.dormouse.checkpoint.pki.Role;
import io.dormouse.checkpoint.pki.TlsIdentity;
import io.dormouse.checkpoint.pki.authority.CertificateAuthority;
import io.dormouse.checkpoint.pki.authority.CertificateRequest;
import io.dormouse.checkpoint.pki.authority.Issued;
import io.dormouse.checkpoint.pki.authority.IssuedFiles;
import io.dormouse.checkpoint.pki.authority.Renewal;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentClientIT {
  @TempDir private Path folder;
  private final Service service = new Service();
  private CertificateAuthority authority;
  private TlsIdentity agent;
  private TlsIdentity controller;
  private Server server;

  @BeforeEach
  void start() throws IOException {
    authority =
        CertificateAuthority.create(
            folder.resolve("ca"), Duration.ofDays(2), InstantSource.system());
    agent = identity(Role.AGENT, "n1", "127.0.0.1");
    controller = identity(Role.CONTROLLER, "boss");
    server = startServer(0);
  }

  @AfterEach
  void closeIdentities() {
    agent.close();
    controller.close();
  }

  @AfterEach
  void stop() throws InterruptedException {
    server.shutdownNow();
    server.awaitTermination(10, TimeUnit.SECONDS);
  }

  @Test
  void announcesAndExecutesWithItsCertificate() throws Exception {
    try (AgentClient client = client()) {
      assertThat(get(client.announce(AnnounceRequest.getDefaultInstance())))
          .isInstanceOfSatisfying(
              AgentReply.Answered.class,
              a -> assertThat(((AnnounceReply) a.value()).getAccepted()).isTrue());
      assertThat(get(client.execute(AgentCommand.getDefaultInstance())))
          .isInstanceOf(AgentReply.Answered.class);
    }
    assertThat(service.callers).hasSize(2).containsOnly(controller.name());
  }

  @Test
  void aCommandWithoutAnswerInTimeHasAnUnknownOutcome() throws Exception {
    service.answers = false;
    AgentClientConfig patient = config(server.getPort());
    AgentClientConfig hasty =
        new AgentClientConfig(
            patient.node(),
            patient.host(),
            patient.port(),
            patient.announceDeadline(),
            Duration.ofMillis(100),
            patient.backOffFirst(),
            patient.backOffMax());
    try (AgentClient client = AgentClient.connect(hasty, controller)) {
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
  void aRenewedCertificateIsShownWhileTheWatchGoesOn() throws Exception {
    Recorder recorder = new Recorder();
    try (AgentClient client = client();
        Watch watch = client.watch(recorder)) {
      await().until(() -> recorder.inventories() == 1);
      Renewal.Options options = new Renewal.Options(Duration.ofDays(9), Duration.ofHours(2), false);
      Renewal renewal = authority.renew(files(Role.CONTROLLER, "boss"), options);
      controller.reload();

      assertThat(get(client.execute(AgentCommand.getDefaultInstance())))
          .isInstanceOf(AgentReply.Answered.class);
      assertThat(service.lastSerial)
          .isEqualTo(((Renewal.Renewed) renewal).issued().certificate().getSerialNumber());
      service.watchers.get(0).onNext(AgentEvent.getDefaultInstance());
      await().until(() -> recorder.events.size() == 2);
      assertThat(recorder.reasons).isEmpty();
      assertThat(watch).isNotNull();
    }
  }

  @Test
  void onlyTheAgentOfTheNodeIsTalkedTo() throws Exception {
    AgentClientConfig other = AgentClientConfig.of("n2", "127.0.0.1", server.getPort());
    try (AgentClient client = AgentClient.connect(other, controller)) {
      assertThat(get(client.announce(AnnounceRequest.getDefaultInstance())))
          .isInstanceOfSatisfying(
              AgentReply.NoAnswer.class,
              n -> assertThat(n.message()).contains("must be the agent n2 of cell c"));
    }
    assertThat(service.callers).isEmpty();
  }

  @Test
  void aPortMustBeOne() {
    assertThatThrownBy(() -> AgentClientConfig.of("n1", "127.0.0.1", 0))
        .hasMessageContaining("port (0)");
  }

  private AgentClient client() throws IOException {
    return AgentClient.connect(config(server.getPort()), controller);
  }

  private static AgentClientConfig config(int port) {
    return AgentClientConfig.of("n1", "127.0.0.1", port);
  }

  private IssuedFiles files(Role role, String node) {
    return new IssuedFiles(folder.resolve(role.label() + "-" + node));
  }

  private TlsIdentity identity(Role role, String node, String... hosts) throws IOException {
    CertificateRequest request =
        new CertificateRequest(new PeerName("c", role, node), List.of(hosts), Duration.ofHours(1));
    Issued issued = authority.issue(request, files(role, node));
    return TlsIdentity.open(issued.files().tls(), role, InstantSource.system());
  }

  private Server startServer(int port) throws IOException {
    return NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
        .sslContext(agent.serverContext())
        .addService(
            ServerInterceptors.intercept(
                ServerInterceptors.intercept(service, new CallerGuard(agent, Role.CONTROLLER)),
                service))
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

  private static final class Service extends NodeAgentGrpc.NodeAgentImplBase
      implements ServerInterceptor {
    final List<PeerName> callers = new CopyOnWriteArrayList<>();
    final List<StreamObserver<AgentEvent>> watchers = new CopyOnWriteArrayList<>();
    volatile boolean answers = true;
    volatile BigInteger lastSerial = BigInteger.ZERO;

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      try {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        lastSerial = ((X509Certificate) session.getPeerCertificates()[0]).getSerialNumber();
      } catch (SSLPeerUnverifiedException nobody) {
        lastSerial = BigInteger.ZERO;
      }
      return next.startCall(call, headers);
    }

    @Override
    public void announce(AnnounceRequest request, StreamObserver<AnnounceReply> reply) {
      callers.add(CallerGuard.CALLER.get());
      reply.onNext(AnnounceReply.newBuilder().setAccepted(true).build());
      reply.onCompleted();
    }

    @Override
    public void execute(AgentCommand command, StreamObserver<AgentResult> reply) {
      callers.add(CallerGuard.CALLER.get());
      if (answers) {
        reply.onNext(AgentResult.newBuilder().setDone(Done.getDefaultInstance()).build());
        reply.onCompleted();
      }
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<AgentEvent> events) {
      watchers.add(events);
      events.onNext(AgentEvent.newBuilder().setInventory(Inventory.getDefaultInstance()).build());
    }
  }
}
