package io.dormouse.yarn.warmpool;

import io.dormouse.engine.model.InstanceId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where launchers bring the stdio of their workers. A connection begins with {@code DORMOUSE
 * instance generation token}; each line after that is the worker's. Thread-safe.
 */
final class RelayServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RelayServer.class);
  private static final Duration HELLO_MAX = Duration.ofSeconds(5);
  private static final int HELLO_LENGTH_MAX = 512;
  private static final int CONNECTIONS_MAX = 1_000;
  private static final int STRANGERS_MAX = 200;

  /** What a relay tells; called from its threads. */
  interface Listener {
    void connected(InstanceId instance, long link);

    void said(InstanceId instance, long link, String line);

    void gone(InstanceId instance, long link);
  }

  private final ServerSocket server;
  private final byte[] token;
  private final Listener listener;
  private final Duration helloMax;
  private final Map<Long, RelayLink> links = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private final Semaphore room = new Semaphore(CONNECTIONS_MAX);

  /** Of their own, so that those who never say who they are keep nobody out for long. */
  private final Semaphore strangers = new Semaphore(STRANGERS_MAX);

  RelayServer(InetAddress address, String token, Listener listener) throws IOException {
    this(address, token, listener, HELLO_MAX);
  }

  /** {@code helloMax}: within which everybody must have said who he is. */
  RelayServer(InetAddress address, String token, Listener listener, Duration helloMax)
      throws IOException {
    this.server = new ServerSocket(0, 128, address);
    this.token = token.getBytes(StandardCharsets.UTF_8);
    this.listener = listener;
    this.helloMax = helloMax;
    daemon("relay-accept", this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Queues a line for a worker; nothing happens when it is gone. */
  void send(long link, String line) {
    RelayLink open = links.get(link);
    if (open != null && !open.offer(line)) {
      LOG.warn("The worker of link {} takes no lines: it is cut off.", link);
      open.close();
    }
  }

  void close(long link) {
    RelayLink open = links.get(link);
    if (open != null) {
      open.close();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        if (!strangers.tryAcquire()) {
          LOG.warn("A relay was refused: {} have not said yet who they are.", STRANGERS_MAX);
          socket.close();
          continue;
        }
        daemon("relay", () -> serve(socket));
      } catch (IOException e) {
        if (!server.isClosed()) {
          LOG.warn("A relay could not be accepted: {}", e.toString());
        }
      }
    }
  }

  private void serve(Socket socket) {
    try (RelayLink link = new RelayLink(socket)) {
      InstanceId instance = greet(socket, link);
      if (room.tryAcquire()) {
        relay(instance, link);
      } else {
        LOG.warn("The relay of {} was refused: {} are open.", instance, CONNECTIONS_MAX);
      }
    } catch (IOException e) {
      LOG.warn("A relay ended: {}", e.toString());
    }
  }

  private InstanceId greet(Socket socket, RelayLink link) throws IOException {
    try {
      socket.setTcpNoDelay(true);
      return hello(link.readHello(HELLO_LENGTH_MAX, Math.toIntExact(helloMax.toMillis())));
    } finally {
      strangers.release();
    }
  }

  /** Has a place in {@link #room}. */
  private void relay(InstanceId instance, RelayLink link) {
    long number = numbers.incrementAndGet();
    try {
      links.put(number, link);
      daemon("relay-out", link::write);
      listener.connected(instance, number);
      pump(instance, number, link);
    } finally {
      links.remove(number);
      room.release();
    }
  }

  private void pump(InstanceId instance, long number, RelayLink link) {
    try {
      for (String line = link.readLine(WorkerLine.LENGTH_MAX);
          line != null;
          line = link.readLine(WorkerLine.LENGTH_MAX)) {
        listener.said(instance, number, line);
      }
    } catch (RelayLink.LineTooLongException e) {
      listener.said(instance, number, " ".repeat(WorkerLine.LENGTH_MAX + 1));
    } catch (IOException e) {
      LOG.debug("Relay {} broke: {}", number, e.toString());
    } finally {
      listener.gone(instance, number);
    }
  }

  private InstanceId hello(@org.jspecify.annotations.Nullable String line) throws IOException {
    String[] words = line == null ? new String[0] : line.split(" ", -1);
    boolean good =
        words.length == 4
            && words[0].equals("DORMOUSE")
            && MessageDigest.isEqual(words[3].getBytes(StandardCharsets.UTF_8), token);
    if (!good) {
      throw new IOException("It did not say who it is.");
    }
    try {
      return new InstanceId(words[1]);
    } catch (IllegalArgumentException e) {
      throw new IOException("It gave a bad instance id.", e);
    }
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      LOG.debug("The relay's socket did not close: {}", e.toString());
    }
    links.values().forEach(RelayLink::close);
  }
}
