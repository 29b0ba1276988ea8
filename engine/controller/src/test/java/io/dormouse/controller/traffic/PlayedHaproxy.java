package io.dormouse.controller.traffic;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Listens as HAProxy's runtime API does, and answers what a test wants. */
final class PlayedHaproxy implements AutoCloseable {
  /** Instead of an answer: none, and the connection stays open. */
  static final String SILENCE = "(silence)";

  private static final String HEADER =
      "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_port\n";

  final List<String> questions = new CopyOnWriteArrayList<>();
  private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
  private final ServerSocketChannel socket;
  private final Thread thread = new Thread(this::serve, "played-haproxy");
  private volatile Function<String, String> answers;

  private PlayedHaproxy(ServerSocketChannel socket, Function<String, String> answers) {
    this.socket = socket;
    this.answers = answers;
  }

  static PlayedHaproxy at(SocketAddress address, Function<String, String> answers)
      throws IOException {
    boolean unix = address instanceof java.net.UnixDomainSocketAddress;
    ServerSocketChannel socket =
        unix
            ? ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)
            : ServerSocketChannel.open();
    PlayedHaproxy made = new PlayedHaproxy(socket.bind(address), answers);
    made.thread.setDaemon(true);
    made.thread.start();
    return made;
  }

  /** What HAProxy 2.6 says of a backend with one server. */
  static String state(String server, String address, int port, int adminState) {
    return HEADER + "3 counters 1 %s %s 2 %d %d\n\n".formatted(server, address, adminState, port);
  }

  /** One that keeps what it is told. */
  static Function<String, String> keeping(String address, int port) {
    String[] kept = {state("s1", address, port, 0)};
    return question -> {
      if (question.startsWith("set server counters/s1 addr ")) {
        String[] words = question.split("[ ;]", -1);
        kept[0] = state("s1", words[4], Integer.parseInt(words[6]), 0);
        return "IP changed from '%s' to '%s', port changed from '%d' to '%s' by 'stats socket command'\n\n\n"
            .formatted(address, words[4], port, words[6]);
      }
      return kept[0];
    };
  }

  void answer(Function<String, String> newAnswers) {
    answers = newAnswers;
  }

  SocketAddress address() throws IOException {
    return socket.getLocalAddress();
  }

  private void serve() {
    try {
      while (socket.isOpen()) {
        SocketChannel client = socket.accept();
        open.add(client);
        String question = question(client);
        questions.add(question);
        String answer = answers.apply(question);
        if (!answer.equals(SILENCE)) {
          write(client, answer);
          client.close();
        }
      }
    } catch (java.nio.channels.ClosedChannelException closed) {
      return;
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private static void write(SocketChannel client, String answer) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII));
    try {
      while (bytes.hasRemaining()) {
        client.write(bytes);
      }
    } catch (java.nio.channels.ClosedChannelException closed) {
      throw closed;
    } catch (IOException gone) {
      // The other end heard enough.
      bytes.clear();
    }
  }

  private static String question(SocketChannel client) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4_096);
    while (bytes.position() == 0 || bytes.get(bytes.position() - 1) != '\n') {
      if (client.read(bytes) < 0) {
        break;
      }
    }
    return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
  }

  @Override
  public void close() throws IOException {
    socket.close();
    for (SocketChannel client : open) {
      client.close();
    }
  }
}
