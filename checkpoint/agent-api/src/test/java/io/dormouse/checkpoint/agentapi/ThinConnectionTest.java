package io.dormouse.checkpoint.agentapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dormouse.checkpoint.agentapi.proto.Accepted;
import io.dormouse.checkpoint.agentapi.proto.Ended;
import io.dormouse.checkpoint.agentapi.proto.ListRequest;
import io.dormouse.checkpoint.agentapi.proto.ThinReply;
import io.dormouse.checkpoint.agentapi.proto.ThinRequest;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThinConnectionTest {
  private static final ThinRequest LIST =
      ThinRequest.newBuilder().setList(ListRequest.getDefaultInstance()).build();
  private static final ThinReply ACCEPTED =
      ThinReply.newBuilder().setAccepted(Accepted.getDefaultInstance()).build();

  @TempDir private Path folder;

  @Test
  void carriesARequestAndSeveralReplies() throws Exception {
    try (Pair pair = pair()) {
      ThinReply ended = ThinReply.newBuilder().setEnded(Ended.newBuilder().setExitCode(7)).build();
      pair.client.send(LIST);
      pair.server.send(ACCEPTED);
      pair.server.send(ended);

      assertThat(pair.server.receiveRequest()).isEqualTo(new Received.Message<>(LIST));
      assertThat(pair.client.receiveReply()).isEqualTo(new Received.Message<>(ACCEPTED));
      assertThat(pair.client.receiveReply()).isEqualTo(new Received.Message<>(ended));
    }
  }

  @Test
  void sendsWhileAnotherThreadWaitsToReceive() throws Exception {
    try (Pair pair = pair()) {
      CompletableFuture<Received<ThinReply>> waiting =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return pair.client.receiveReply();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      pair.client.send(LIST);
      assertThat(pair.server.receiveRequest()).isEqualTo(new Received.Message<>(LIST));
      pair.server.send(ACCEPTED);

      assertThat(waiting.get(10, TimeUnit.SECONDS)).isEqualTo(new Received.Message<>(ACCEPTED));
    }
  }

  @Test
  void theEndOfThePeerIsSeen() throws Exception {
    try (Pair pair = pair()) {
      pair.client.close();

      assertThat(pair.server.receiveRequest()).isInstanceOf(Received.EndOfStream.class);
    }
  }

  @Test
  void aPeerThatEndsWithinAMessageIsMalformed() throws Exception {
    try (Pair pair = pair()) {
      pair.client.channel().write(ByteBuffer.wrap(new byte[] {10, 1, 2}));
      pair.client.close();

      assertThat(pair.server.receiveRequest()).isInstanceOf(Received.Malformed.class);
    }
  }

  @Test
  void nobodyListeningIsAnException() {
    assertThatThrownBy(() -> ThinConnection.connect(folder.resolve("nobody.sock")))
        .isInstanceOf(IOException.class);
  }

  private Pair pair() throws IOException {
    Path socket = folder.resolve("s");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(socket));
      ThinConnection client = ThinConnection.connect(socket);
      return new Pair(client, new ThinConnection(listener.accept()));
    }
  }

  private record Pair(ThinConnection client, ThinConnection server) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      client.close();
      server.close();
    }
  }
}
