package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.ThinConnection;
import io.dormouse.checkpoint.agentapi.proto.ThinReply;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A launcher at the other end of a Unix socket. */
final class ThinLink implements LauncherLink {
  private static final Logger LOG = LoggerFactory.getLogger(ThinLink.class);

  private final ThinConnection connection;
  private volatile boolean open = true;

  ThinLink(ThinConnection connection) {
    this.connection = connection;
  }

  @Override
  public void send(ThinReply reply) {
    try {
      connection.send(reply);
    } catch (IOException e) {
      LOG.debug("A launcher is gone before its {}: {}", reply.getReplyCase(), e.toString());
      close();
    }
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
    try {
      connection.close();
    } catch (IOException e) {
      LOG.debug("A launcher's connection did not close cleanly: {}", e.toString());
    }
  }
}
