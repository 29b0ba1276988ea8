package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.ThinConnection;
import io.dormouse.checkpoint.agentapi.proto.RefusalCode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for thin clients; a thread per connection, of which there are at most so many, in all and
 * per user.
 */
final class ThinServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ThinServer.class);

  private static final Duration PAUSE = Duration.ofMillis(200);

  private final ServerSocketChannel listener;
  private final Path socket;
  private final PeerSource peers;
  private final ThinConversation conversation;
  private final ConnectionLimits limits;
  private final Set<ThinConnection> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(task -> daemon("thin-client", task));

  private ThinServer(
      ServerSocketChannel listener,
      Path socket,
      PeerSource peers,
      ThinConversation conversation,
      ConnectionLimits limits) {
    this.listener = listener;
    this.socket = socket;
    this.peers = peers;
    this.conversation = conversation;
    this.limits = limits;
  }

  /**
   * Takes the socket's place over from an earlier agent: the lock of the state directory says that
   * it is gone.
   */
  static ThinServer start(
      Path socket, PeerSource peers, ThinConversation conversation, ConnectionLimits limits)
      throws IOException {
    Files.deleteIfExists(socket);
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      listener.bind(UnixDomainSocketAddress.of(socket), 128);
      // Anybody may ask; the kernel says who does.
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
    ThinServer server = new ThinServer(listener, socket, peers, conversation, limits);
    daemon("thin-accept", server::accept).start();
    return server;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    Files.deleteIfExists(socket);
    threads.shutdownNow();
    for (ThinConnection connection : open) {
      connection.close();
    }
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        SocketChannel channel = listener.accept();
        threads.execute(() -> serve(channel));
      } catch (AsynchronousCloseException e) {
        return;
      } catch (IOException | RuntimeException e) {
        if (listener.isOpen()) {
          LOG.error("A thin client could not be let in.", e);
          // As long as no descriptor is left, every try ends here at once.
          LockSupport.parkNanos(PAUSE.toNanos());
        }
      }
    }
  }

  private void serve(SocketChannel channel) {
    ThinConnection connection = new ThinConnection(channel);
    open.add(connection);
    try (connection) {
      Peer peer = peers.of(channel);
      if (!limits.enter(peer.uid())) {
        connection.send(
            Replies.refused(
                RefusalCode.TOO_MANY,
                "Too many connections are open.\nMaybe launchers are left over; list and end them."));
        return;
      }
      try {
        conversation.hold(peer, connection);
      } finally {
        limits.leave(peer.uid());
      }
    } catch (IOException e) {
      LOG.debug("A thin client's connection broke: {}", e.toString());
    } finally {
      open.remove(connection);
    }
  }

  private static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
