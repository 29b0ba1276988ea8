package io.dormouse.checkpoint.agentapi;

import io.dormouse.checkpoint.agentapi.proto.NodeAgentGrpc;
import io.dormouse.checkpoint.pki.PeerName;
import io.dormouse.checkpoint.pki.Role;
import io.dormouse.checkpoint.pki.TlsIdentity;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * The channel to an agent, and those before it whose calls are not over. When the certificate
 * changes, calls that begin go over a new channel; it has a TLS context of its own, so that it
 * can't resume a session that was begun with the old certificate. Thread-safe.
 */
final class AgentChannels implements AutoCloseable {
  /** Who got the old channel just before it was replaced still begins his call on it. */
  private static final Duration HAND_OVER = Duration.ofSeconds(5);

  private static final Duration CLOSING_MAX = Duration.ofSeconds(5);

  private final AgentClientConfig config;
  private final TlsIdentity identity;
  private final ScheduledExecutorService timer;
  private final TlsIdentity.Subscription reloads;

  /** The last is in use. Guarded by this. */
  private final List<ManagedChannel> channels = new ArrayList<>();

  /** Guarded by this. */
  private boolean closed;

  private volatile NodeAgentGrpc.NodeAgentStub stub;

  AgentChannels(AgentClientConfig config, TlsIdentity identity, ScheduledExecutorService timer)
      throws SSLException {
    this.config = config;
    this.identity = identity;
    this.timer = timer;
    ManagedChannel first = open();
    channels.add(first);
    this.stub = NodeAgentGrpc.newStub(first);
    this.reloads = identity.onReload(this::replace);
  }

  /** For one call. */
  NodeAgentGrpc.NodeAgentStub stub() {
    return stub;
  }

  private ManagedChannel open() throws SSLException {
    PeerName agent = new PeerName(identity.name().cell(), Role.AGENT, config.node());
    return NettyChannelBuilder.forAddress(config.host(), config.port())
        .sslContext(identity.clientContext(agent))
        .maxInboundMessageSize(AgentClient.MAX_MESSAGE_BYTES)
        .keepAliveTime(20, TimeUnit.SECONDS)
        .keepAliveTimeout(10, TimeUnit.SECONDS)
        .build();
  }

  private synchronized void replace() {
    if (closed) {
      return;
    }
    ManagedChannel old = channels.get(channels.size() - 1);
    try {
      ManagedChannel fresh = open();
      channels.removeIf(ManagedChannel::isTerminated);
      channels.add(fresh);
      stub = NodeAgentGrpc.newStub(fresh);
    } catch (SSLException impossible) {
      throw new IllegalStateException("TLS worked before.", impossible);
    }
    try {
      var unused = timer.schedule(old::shutdown, HAND_OVER.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException clientIsBeingClosed) {
      old.shutdown();
    }
  }

  /** Ends all calls; waits up to 5 s for the connections to go. */
  @Override
  public synchronized void close() {
    closed = true;
    reloads.close();
    channels.forEach(ManagedChannel::shutdownNow);
    long deadline = System.nanoTime() + CLOSING_MAX.toNanos();
    try {
      for (ManagedChannel channel : channels) {
        channel.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
