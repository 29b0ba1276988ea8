package io.dormouse.checkpoint.agent;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/** Says who is at the other end of a connection. */
interface PeerSource {
  /**
   * The peer's user and group.
   *
   * @throws IOException if that can't be found out: then the peer is not served
   */
  Peer of(SocketChannel channel) throws IOException;
}
