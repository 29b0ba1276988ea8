package io.dormouse.checkpoint.agentapi;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.AnnounceReply;
import io.dormouse.checkpoint.agentapi.proto.AnnounceRequest;
import io.dormouse.checkpoint.agentapi.proto.NodeAgentGrpc;
import io.dormouse.checkpoint.pki.TlsIdentity;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * A connection to one agent, by mutual TLS. Thread-safe; connects when first used, and again after
 * a break.
 */
public final class AgentClient implements AutoCloseable {
  /** Largest message either side accepts, in bytes. */
  public static final int MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

  /** Added to a command's own timeout, so that the agent's answer to a timeout still arrives. */
  private static final Duration ANSWER_MARGIN = Duration.ofSeconds(5);

  private final AgentClientConfig config;
  private final ScheduledExecutorService timer;
  private final AgentChannels channels;

  private AgentClient(AgentClientConfig config, TlsIdentity identity) throws SSLException {
    this.config = config;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "agent-client-" + config.port());
              thread.setDaemon(true);
              return thread;
            });
    this.channels = new AgentChannels(config, identity, timer);
  }

  /**
   * Makes a client that shows this identity, and talks to nobody but the agent of the configured
   * node in the same cell; connects when first used.
   *
   * @throws SSLException if TLS does not work in this process
   */
  public static AgentClient connect(AgentClientConfig config, TlsIdentity identity)
      throws SSLException {
    return new AgentClient(config, identity);
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
    Watch watch = new Watch(channels::stub, timer, config, listener);
    watch.open();
    return watch;
  }

  /** Ends all calls and watches. Waits up to 5 s for the connection to go. */
  @Override
  public void close() {
    timer.shutdownNow();
    channels.close();
  }

  private NodeAgentGrpc.NodeAgentStub within(Duration deadline) {
    return channels.stub().withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS);
  }
}
