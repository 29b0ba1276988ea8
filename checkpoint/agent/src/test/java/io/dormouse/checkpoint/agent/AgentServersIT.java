package io.dormouse.checkpoint.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.dormouse.checkpoint.agentapi.AgentClient;
import io.dormouse.checkpoint.agentapi.AgentClientConfig;
import io.dormouse.checkpoint.agentapi.AgentListener;
import io.dormouse.checkpoint.agentapi.AgentReply;
import io.dormouse.checkpoint.agentapi.Received;
import io.dormouse.checkpoint.agentapi.ThinConnection;
import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.Epoch;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.RefusalCode;
import io.dormouse.checkpoint.agentapi.proto.RunRequest;
import io.dormouse.checkpoint.agentapi.proto.ThinReply;
import io.dormouse.checkpoint.agentapi.proto.ThinRequest;
import io.dormouse.checkpoint.hosts.HostAbilities.Probe;
import io.dormouse.checkpoint.pki.PeerName;
import io.dormouse.checkpoint.pki.Role;
import io.dormouse.checkpoint.pki.TlsIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole agent with its servers, on an engine in memory. */
class AgentServersIT {
  @TempDir Path folder;
  private final FakeEngine engine = new FakeEngine();
  private TestCertificates certificates;
  private TlsIdentity controller;
  private Agent agent;

  @BeforeEach
  void start() throws IOException {
    certificates = new TestCertificates(folder);
    controller = certificates.controller();
    agent = startAgent();
  }

  @AfterEach
  void stop() throws IOException {
    controller.close();
    agent.close();
  }

  @Test
  void carriesCommandsOutForLaunchersAndTellsWatchers() throws Exception {
    List<AgentEvent> events = new CopyOnWriteArrayList<>();
    try (AgentClient client = client(controller);
        ThinConnection launcher = ThinConnection.connect(folder.resolve("agent.sock"))) {
      var watch = client.watch(listener(events));
      await().until(() -> events.stream().anyMatch(AgentEvent::hasInventory));
      launcher.send(run("i"));
      assertThat(reply(launcher).hasAccepted()).isTrue();
      assertThat(reply(launcher).hasStarted()).isTrue();

      assertThat(execute(client, Orders.freeze("i")).hasDone()).isTrue();
      await().until(() -> events.stream().anyMatch(e -> saw(e, InstanceState.FROZEN)));
      launcher.channel().close();
      await().until(() -> events.stream().anyMatch(e -> saw(e, InstanceState.ENDED)));
      watch.close();
    }
    await().until(() -> engine.capsules.isEmpty());
  }

  @Test
  void anAgentMayNotCommandAnother() throws Exception {
    certificates.issue(new PeerName("c", Role.AGENT, "n2"));
    try (TlsIdentity other = certificates.identity(Role.AGENT, "n2");
        AgentClient client = client(other)) {
      assertRefused(client, AgentCommand.getDefaultInstance(), "must be of the role controller");
    }
  }

  @Test
  void aCommandOfAnotherCellIsRefused() throws Exception {
    try (AgentClient client = client(controller)) {
      assertRefused(
          client,
          AgentCommand.newBuilder().setCell("d").build(),
          "The cell (d) must be that of the caller's certificate");
    }
  }

  private static void assertRefused(AgentClient client, AgentCommand command, String why)
      throws Exception {
    AgentReply<AgentResult> reply =
        client.execute(command).toCompletableFuture().get(20, TimeUnit.SECONDS);

    assertThat(reply)
        .isInstanceOfSatisfying(
            AgentReply.NoAnswer.class,
            n -> {
              assertThat(n.status()).isEqualTo("PERMISSION_DENIED");
              assertThat(n.message()).contains(why);
              assertThat(n.begun()).isFalse();
            });
  }

  @Test
  void aSecondAgentOnTheSameDirectoryIsRefused() {
    assertThatThrownBy(this::startAgent)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("in use by another agent")
        .hasMessageContaining("Maybe");
  }

  @Test
  void malformedBytesAreRefusedAndTheAgentGoesOn() throws Exception {
    for (byte[] garbage :
        List.of(
            new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f},
            new byte[] {3, (byte) 0xff, (byte) 0xff, (byte) 0xff},
            new byte[] {0})) {
      try (ThinConnection connection = ThinConnection.connect(folder.resolve("agent.sock"))) {
        connection.channel().write(ByteBuffer.wrap(garbage));

        assertThat(reply(connection).getRefused().getCode()).isEqualTo(RefusalCode.MALFORMED);
        assertThat(connection.receiveReply()).isInstanceOf(Received.EndOfStream.class);
      }
    }
    try (AgentClient client = client(controller)) {
      assertThat(execute(client, Orders.thaw("i")).getFailure().getCode())
          .isEqualTo(FailureCode.UNKNOWN_INSTANCE);
    }
  }

  @Test
  void instancesOutliveTheAgentUnlessToldOtherwise() throws Exception {
    try (ThinConnection launcher = ThinConnection.connect(folder.resolve("agent.sock"))) {
      launcher.send(run("i"));
      assertThat(reply(launcher).hasAccepted()).isTrue();
      assertThat(reply(launcher).hasStarted()).isTrue();

      agent.close();

      assertThat(engine.running("i")).isOne();
      assertThat(folder.resolve("agent.sock")).doesNotExist();
    }
    agent = startAgent();
    assertThat(engine.running("i")).isOne();
  }

  @Test
  void aKeyThatOthersReadKeepsTheAgentDown() throws IOException {
    agent.close();
    Path key = TestCertificates.agent(folder).key();
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));

    assertThatThrownBy(this::startAgent).hasMessageContaining("chmod 600");

    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    agent = startAgent();
  }

  @Test
  void theCertificateOfAnotherNodeKeepsTheAgentDown() throws IOException {
    agent.close();
    certificates.issue(new PeerName("c", Role.AGENT, "n2"));
    Path own = TestCertificates.files(folder, "n1").folder();
    Path kept = Files.move(own, folder.resolve("kept"));
    Files.move(TestCertificates.files(folder, "n2").folder(), own);

    assertThatThrownBy(this::startAgent)
        .hasMessageContaining("is that of the agent n2 of cell c, and this is the node n1")
        .hasMessageContaining("Maybe ");

    Files.move(own, folder.resolve("other"));
    Files.move(kept, own);
    agent = startAgent();
  }

  private Agent startAgent() throws IOException {
    return Agent.start(
        AgentProcessMain.config(folder, "PROCESS", false),
        new OpenEngine(engine, "fake 1", new Probe(false, "", "none")));
  }

  private AgentClient client(TlsIdentity identity) throws IOException {
    return AgentClient.connect(AgentClientConfig.of("n1", "127.0.0.1", agent.port()), identity);
  }

  private static AgentResult execute(AgentClient client, AgentCommand.Builder command)
      throws Exception {
    AgentReply<AgentResult> reply =
        client
            .execute(
                command
                    .setCell("c")
                    .setEpoch(Epoch.newBuilder().setCzxid(1))
                    .setRequestId("x")
                    .build())
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
    return ((AgentReply.Answered<AgentResult>) reply).value();
  }

  private static boolean saw(AgentEvent event, InstanceState state) {
    return event.hasChanged() && event.getChanged().getState() == state;
  }

  private static AgentListener listener(List<AgentEvent> events) {
    return new AgentListener() {
      @Override
      public void event(AgentEvent event) {
        events.add(event);
      }

      @Override
      public void disconnected(String reason) {
        // The next inventory tells.
      }
    };
  }

  private static ThinRequest run(String instance) {
    return ThinRequest.newBuilder()
        .setRun(
            RunRequest.newBuilder().setInstance(instance).setContainer("c1").addArgv("/bin/worker"))
        .build();
  }

  private static ThinReply reply(ThinConnection connection) throws IOException {
    return ((Received.Message<ThinReply>) connection.receiveReply()).value();
  }
}
