package io.dormouse.it.moves;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks a counter for the next number, all the time, through a proxy's Unix socket. A request
 * without an answer is sent again; an answer other than the number that is due is kept as what went
 * wrong.
 */
final class CounterClient implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(2);

  private final Path front;
  private final Thread thread = new Thread(this::ask, "counter-client");
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong longestGapNanos = new AtomicLong();
  private final AtomicLong again = new AtomicLong();
  private final AtomicReference<Optional<String>> wrong = new AtomicReference<>(Optional.empty());
  private volatile String lastTrouble = "";
  private volatile boolean closed;

  CounterClient(Path front) {
    this.front = front;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** The last number that came. */
  long answered() {
    return answered.get();
  }

  /** What was wrong with an answer; nothing where all were right. */
  Optional<String> wrong() {
    return wrong.get();
  }

  /** How often a request had to be sent again, and why the last time. */
  String troubles() {
    return "%d sent again, the last since: %s".formatted(again.get(), lastTrouble);
  }

  /** The longest time between two answers since this was asked last. */
  Duration takeLongestGap() {
    return Duration.ofNanos(longestGapNanos.getAndSet(0));
  }

  private void ask() {
    long last = System.nanoTime();
    while (!closed && wrong.get().isEmpty()) {
      long due = answered.get() + 1;
      try {
        check(due, answer(due));
      } catch (IOException none) {
        lastTrouble = String.valueOf(none.getMessage());
      }
      if (answered.get() == due) {
        long now = System.nanoTime();
        long gap = now - last;
        longestGapNanos.accumulateAndGet(gap, Math::max);
        last = now;
      } else {
        again.incrementAndGet();
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private void check(long due, String answer) {
    String[] words = answer.split(" ", 3);
    int code = words.length > 1 ? Integer.parseInt(words[1]) : 0;
    String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
    if (code == 200 && body.equals(Long.toString(due))) {
      answered.set(due);
    } else if (code == 502 || code == 503 || code == 504) {
      lastTrouble = "the proxy's " + code;
    } else {
      wrong.set(Optional.of("%d was due, and came: %s".formatted(due, answer)));
    }
  }

  private String answer(long due) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(front));
      channel.write(
          ByteBuffer.wrap(
              "GET /%d HTTP/1.1\r\nHost: counter\r\nConnection: close\r\n\r\n"
                  .formatted(due)
                  .getBytes(StandardCharsets.US_ASCII)));
      ByteBuffer bytes = ByteBuffer.allocate(8_192);
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // Until the proxy has said all.
        Thread.onSpinWait();
      }
      String answer = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
      if (!answer.contains("\r\n\r\n")) {
        throw new IOException("half an answer: " + answer);
      }
      return answer;
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join(Duration.ofSeconds(15).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
