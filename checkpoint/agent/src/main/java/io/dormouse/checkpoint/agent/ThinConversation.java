package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.Received;
import io.dormouse.checkpoint.agentapi.ThinConnection;
import io.dormouse.checkpoint.agentapi.proto.RefusalCode;
import io.dormouse.checkpoint.agentapi.proto.ThinReply;
import io.dormouse.checkpoint.agentapi.proto.ThinRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is said on one connection of a thin client: one request; then answers; a launcher then
 * stays.
 */
final class ThinConversation {
  private static final Logger LOG = LoggerFactory.getLogger(ThinConversation.class);
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(10);
  private static final long ANSWER_LIMIT_SECONDS = 120;

  private final ThinDesk desk;
  private final NodeNames names;
  private final AgentClock.Timers timers;
  private volatile boolean closing;

  ThinConversation(ThinDesk desk, NodeNames names, AgentClock.Timers timers) {
    this.desk = desk;
    this.names = names;
    this.timers = timers;
  }

  /** From here on the end of a connection says nothing about its launcher. */
  void close() {
    closing = true;
  }

  void hold(Peer peer, ThinConnection connection) throws IOException {
    AtomicBoolean asked = new AtomicBoolean();
    timers.schedule(REQUEST_LIMIT, () -> closeUnless(asked, connection));
    Received<ThinRequest> received = connection.receiveRequest();
    asked.set(true);
    if (received instanceof Received.Malformed<ThinRequest> malformed) {
      LOG.warn("uid={}: malformed request: {}", peer.uid(), malformed.reason());
      connection.send(Replies.refused(RefusalCode.MALFORMED, malformed.reason()));
    } else if (received instanceof Received.Message<ThinRequest> message) {
      answer(peer, message.value(), connection);
    }
  }

  private void answer(Peer peer, ThinRequest request, ThinConnection connection)
      throws IOException {
    switch (request.getRequestCase()) {
      case RUN -> {
        ThinLink link = new ThinLink(connection);
        desk.run(peer, request.getRun(), link);
        stay(request.getRun().getInstance(), link, connection);
      }
      case ATTACH -> {
        ThinLink link = new ThinLink(connection);
        desk.attach(peer, request.getAttach(), link);
        stay(request.getAttach().getInstance(), link, connection);
      }
      case END -> connection.send(await(desk.end(peer, request.getEnd().getInstance())));
      case NODE_IDENTITY -> connection.send(names.told(peer, request.getNodeIdentity()));
      case LIST -> connection.send(desk.list(peer));
      case REQUEST_NOT_SET ->
          connection.send(Replies.refused(RefusalCode.MALFORMED, "The request is unknown here."));
    }
  }

  /** Waits for the launcher's end; it has nothing more to say. */
  private void stay(String instance, ThinLink link, ThinConnection connection) {
    try {
      if (connection.receiveRequest() instanceof Received.Message<ThinRequest>) {
        link.send(Replies.refused(RefusalCode.MALFORMED, "A connection carries one request."));
      }
    } catch (IOException e) {
      LOG.debug("instance={}: the launcher's connection broke: {}", instance, e.toString());
    }
    if (closing) {
      // It is this agent that ends the connection: a link that looked closed would end its
      // instance.
      return;
    }
    link.close();
    desk.launcherGone(instance, link);
  }

  private static ThinReply await(CompletableFuture<ThinReply> reply) throws IOException {
    try {
      return reply.get(ANSWER_LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("No answer: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("The agent is shutting down.", e);
    }
  }

  private static void closeUnless(AtomicBoolean asked, ThinConnection connection) {
    if (!asked.get()) {
      try {
        connection.close();
      } catch (IOException e) {
        LOG.debug("A silent connection did not close cleanly: {}", e.toString());
      }
    }
  }
}
