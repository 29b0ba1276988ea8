package io.dormouse.checkpoint.agentapi;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.AnnounceReply;
import io.dormouse.checkpoint.agentapi.proto.AnnounceRequest;
import io.dormouse.checkpoint.agentapi.proto.NodeAgentGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A controller's connection to one agent. Thread-safe; connects when first used, and again after a
 * break.
 */
public final class AgentClient implements AutoCloseable {
  /** Largest message either side accepts, in bytes. */
  public static final int MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

  /** Added to a command's own timeout, so that the agent's answer to a timeout still arrives. */
  private static final Duration ANSWER_MARGIN = Duration.ofSeconds(5);

  private final AgentClientConfig config;
  private final ManagedChannel channel;
  private final NodeAgentGrpc.NodeAgentStub stub;
  private final ScheduledExecutorService timer;

  private AgentClient(AgentClientConfig config, String token) {
    this.config = config;
    this.channel =
        NettyChannelBuilder.forAddress(config.host(), config.port())
            .usePlaintext()
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .keepAliveTime(20, TimeUnit.SECONDS)
            .keepAliveTimeout(10, TimeUnit.SECONDS)
            .build();
    this.stub = NodeAgentGrpc.newStub(channel).withCallCredentials(new BearerToken(token));
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "agent-client-" + config.port());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Makes a client; connects when first used.
   *
   * @throws IOException if the token file can't be used
   */
  public static AgentClient connect(AgentClientConfig config) throws IOException {
    return new AgentClient(config, TokenFile.read(config.tokenFile()));
  }

  /** Announces a leader's epoch. Never completes exceptionally. */
  public CompletionStage<AgentReply<AnnounceReply>> announce(AnnounceRequest request) {
    UnaryCall<AnnounceReply> call = new UnaryCall<>();
    within(config.announceDeadline()).announce(request, call);
    return call.reply();
  }

  /**
   * Has a command carried out. Never completes exceptionally. The same request id may be sent again
   * after a {@link AgentReply.NoAnswer}: nothing is done twice.
   */
  public CompletionStage<AgentReply<AgentResult>> execute(AgentCommand command) {
    Duration deadline =
        command.getTimeoutMillis() > 0
            ? Duration.ofMillis(command.getTimeoutMillis()).plus(ANSWER_MARGIN)
            : config.commandDeadline();
    UnaryCall<AgentResult> call = new UnaryCall<>();
    within(deadline).execute(command, call);
    return call.reply();
  }

  /** Listens to what the agent reports until closed; reconnects by itself. */
  public Watch watch(AgentListener listener) {
    Watch watch = new Watch(stub, timer, config, listener);
    watch.open();
    return watch;
  }

  /** Ends all calls and watches. Waits up to 5 s for the connection to go. */
  @Override
  public void close() {
    timer.shutdownNow();
    channel.shutdownNow();
    try {
      channel.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private NodeAgentGrpc.NodeAgentStub within(Duration deadline) {
    return stub.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS);
  }
}
