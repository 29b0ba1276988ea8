package io.dormouse.controller.traffic;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * HAProxy's runtime API: a connection per question, whose end is the end of the answer.
 * Thread-safe.
 */
final class RuntimeSocket {
  static final int ANSWER_BYTES_MAX = 1 << 20;

  private final RuntimeAddress address;
  private final Duration timeout;

  /**
   * @param timeout for the whole of a question and its answer
   */
  RuntimeSocket(RuntimeAddress address, Duration timeout) {
    this.address = address;
    this.timeout = timeout;
  }

  /** An answer, or why there is none. */
  sealed interface Answer {
    record Text(String text) implements Answer {}

    record None(HaproxyFailure failure) implements Answer {}
  }

  RuntimeAddress address() {
    return address;
  }

  /**
   * Asks.
   *
   * @param commands separated by semicolons
   */
  Answer ask(String commands) {
    long deadline = System.nanoTime() + timeout.toNanos();
    try (Selector selector = Selector.open();
        SocketChannel channel = address.open()) {
      channel.configureBlocking(false);
      if (!channel.connect(address.resolve())) {
        channel.register(selector, SelectionKey.OP_CONNECT);
        if (!ready(selector, deadline)) {
          return new Answer.None(new HaproxyFailure.TimedOut(address, timeout));
        }
        channel.finishConnect();
      }
      ByteBuffer question = ByteBuffer.wrap((commands + "\n").getBytes(StandardCharsets.US_ASCII));
      channel.register(selector, SelectionKey.OP_WRITE);
      while (question.hasRemaining()) {
        if (!ready(selector, deadline)) {
          return new Answer.None(new HaproxyFailure.TimedOut(address, timeout));
        }
        channel.write(question);
      }
      channel.register(selector, SelectionKey.OP_READ);
      return read(channel, selector, deadline);
    } catch (IOException broken) {
      return new Answer.None(new HaproxyFailure.Unreachable(address, cause(broken)));
    }
  }

  private Answer read(SocketChannel channel, Selector selector, long deadline) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    ByteBuffer piece = ByteBuffer.allocate(1 << 14);
    while (ready(selector, deadline)) {
      piece.clear();
      int count = channel.read(piece);
      if (count < 0) {
        return new Answer.Text(answer.toString(StandardCharsets.US_ASCII));
      }
      answer.write(piece.array(), 0, count);
      if (answer.size() > ANSWER_BYTES_MAX) {
        String beginning = answer.toString(StandardCharsets.US_ASCII).substring(0, 100);
        return new Answer.None(
            new HaproxyFailure.Malformed(
                address, "more than %d bytes: %s".formatted(ANSWER_BYTES_MAX, beginning)));
      }
    }
    return new Answer.None(new HaproxyFailure.TimedOut(address, timeout));
  }

  /** Waits until the channel is ready; false where it is not in time. */
  private static boolean ready(Selector selector, long deadline) throws IOException {
    selector.selectedKeys().clear();
    long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    return left > 0 && selector.select(left) > 0;
  }

  private static String cause(IOException broken) {
    return Optional.ofNullable(broken.getMessage()).orElse(broken.getClass().getSimpleName());
  }
}
