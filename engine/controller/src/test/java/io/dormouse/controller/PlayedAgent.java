package io.dormouse.controller;

import io.dormouse.checkpoint.agentapi.proto.Abilities;
import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.AnnounceReply;
import io.dormouse.checkpoint.agentapi.proto.AnnounceRequest;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.InstanceStatus;
import io.dormouse.checkpoint.agentapi.proto.Inventory;
import io.dormouse.checkpoint.agentapi.proto.NodeAgentGrpc;
import io.dormouse.checkpoint.agentapi.proto.WatchRequest;
import io.dormouse.checkpoint.pki.CallerGuard;
import io.dormouse.checkpoint.pki.Role;
import io.dormouse.checkpoint.pki.TlsFiles;
import io.dormouse.checkpoint.pki.TlsIdentity;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An agent that says yes, over real gRPC, with one instance. */
final class PlayedAgent extends NodeAgentGrpc.NodeAgentImplBase implements AutoCloseable {
  static final String INSTANCE = "app/w-1";
  private static final String LIFE = "11111111-1111-1111-1111-111111111111";

  private static final Abilities ABILITIES =
      Abilities.newBuilder().setFreeze(true).setImage(true).build();

  final List<AgentCommand> commands = new CopyOnWriteArrayList<>();
  private final TlsIdentity identity;
  private final Server server;
  private volatile InstanceState state = InstanceState.RUNNING;

  /** {@code tls} is what it shows to controllers. */
  PlayedAgent(TlsFiles tls) throws IOException {
    identity = TlsIdentity.open(tls, Role.AGENT, InstantSource.system());
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(identity.serverContext())
            .addService(
                ServerInterceptors.intercept(this, new CallerGuard(identity, Role.CONTROLLER)))
            .build()
            .start();
  }

  int port() {
    return server.getPort();
  }

  private InstanceStatus status() {
    return InstanceStatus.newBuilder()
        .setInstance(INSTANCE)
        .setGeneration(LIFE)
        .setState(state)
        .setResidentBytes(1L << 30)
        .build();
  }

  @Override
  public void announce(AnnounceRequest request, StreamObserver<AnnounceReply> reply) {
    reply.onNext(
        AnnounceReply.newBuilder()
            .setAccepted(true)
            .setAbilities(ABILITIES)
            .addInstances(status())
            .build());
    reply.onCompleted();
  }

  @Override
  public void execute(AgentCommand command, StreamObserver<AgentResult> reply) {
    commands.add(command);
    switch (command.getCommandCase()) {
      case FREEZE, EVICT_DATA, DUMP -> state = InstanceState.FROZEN;
      case THAW -> state = InstanceState.RUNNING;
      case RELEASE -> state = InstanceState.RELEASED;
      default -> {}
    }
    reply.onNext(
        AgentResult.newBuilder()
            .setDone(Done.newBuilder().setStatus(status()).setDurationMicros(1_000))
            .build());
    reply.onCompleted();
  }

  @Override
  public void watch(WatchRequest request, StreamObserver<AgentEvent> events) {
    events.onNext(
        AgentEvent.newBuilder()
            .setInventory(Inventory.newBuilder().setAbilities(ABILITIES).addInstances(status()))
            .build());
  }

  @Override
  public void close() {
    server.shutdownNow();
    identity.close();
  }
}
