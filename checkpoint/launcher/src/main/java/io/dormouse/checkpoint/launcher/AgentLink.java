package io.dormouse.checkpoint.launcher;

import io.dormouse.checkpoint.agentapi.Received;
import io.dormouse.checkpoint.agentapi.ThinConnection;
import io.dormouse.checkpoint.agentapi.proto.ThinReply;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A session's connection to the agent. When it breaks, asks a new agent for the session, for as
 * long as a restart may take.
 */
final class AgentLink implements AutoCloseable {
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 1_000;

  private final Command.Session session;
  private final long patienceMillis;
  private ThinConnection connection;
  private long awaySinceNanos;

  /** Before the next try; 0 while the agent is there. */
  private long pauseMillis;

  private AgentLink(Command.Session session, ThinConnection connection, long patienceMillis) {
    this.session = session;
    this.connection = connection;
    this.patienceMillis = patienceMillis;
  }

  /** Connects and sends the session's request. */
  static AgentLink open(Command.Session session, long patienceMillis) throws IOException {
    ThinConnection connection = ThinConnection.connect(session.agent());
    connection.send(Requests.of(session));
    return new AgentLink(session, connection, patienceMillis);
  }

  /** The next reply; empty when the agent stayed away. */
  Optional<ThinReply> next() throws InterruptedException {
    while (true) {
      Optional<ThinReply> reply = receive();
      if (reply.isPresent()) {
        pauseMillis = 0;
        return reply;
      }
      if (!reconnect()) {
        return reply;
      }
    }
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }

  private Optional<ThinReply> receive() {
    try {
      if (connection.receiveReply() instanceof Received.Message<ThinReply> message) {
        return Optional.of(message.value());
      }
      connection.close();
    } catch (IOException e) {
      // A broken connection is an ended one: the caller connects again.
      return Optional.empty();
    }
    return Optional.empty();
  }

  // An agent that takes the connection and breaks it without a word counts as away, too.
  private boolean reconnect() throws InterruptedException {
    if (pauseMillis == 0) {
      awaySinceNanos = System.nanoTime();
    }
    while (System.nanoTime() - awaySinceNanos < TimeUnit.MILLISECONDS.toNanos(patienceMillis)) {
      TimeUnit.MILLISECONDS.sleep(pauseMillis);
      pauseMillis = Math.min(Math.max(2 * pauseMillis, FIRST_PAUSE_MILLIS), LONGEST_PAUSE_MILLIS);
      if (isAskedAgain()) {
        return true;
      }
    }
    return false;
  }

  private boolean isAskedAgain() {
    try {
      connection = ThinConnection.connect(session.agent());
      connection.send(Requests.reclaim(session));
      return true;
    } catch (IOException e) {
      // Not back yet: that it stays away is told by the result.
      return false;
    }
  }
}
