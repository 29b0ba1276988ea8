package io.dormouse.checkpoint.agentapi;

import com.google.protobuf.MessageLite;
import io.dormouse.checkpoint.agentapi.proto.ThinReply;
import io.dormouse.checkpoint.agentapi.proto.ThinRequest;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * One connection of the thin protocol, at either end. One thread may receive while others send;
 * sends are serial. Holds at most one message and an 8 KiB read buffer.
 */
public final class ThinConnection implements AutoCloseable {
  private final SocketChannel channel;
  private final ByteBuffer unread = ByteBuffer.allocate(8192).flip();
  private final Object sending = new Object();

  /** Takes over a connected channel in blocking mode. */
  public ThinConnection(SocketChannel channel) {
    this.channel = channel;
  }

  /**
   * Connects to an agent.
   *
   * @param socket path of the agent's Unix socket
   * @throws IOException if nobody listens there, or it may not be used
   */
  public static ThinConnection connect(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      return new ThinConnection(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** The channel below, to ask the kernel who the peer is. */
  public SocketChannel channel() {
    return channel;
  }

  /** Sends a request; waits while the peer does not read. */
  public void send(ThinRequest request) throws IOException {
    sendMessage(request);
  }

  /** Sends a reply; waits while the peer does not read. */
  public void send(ThinReply reply) throws IOException {
    sendMessage(reply);
  }

  /** Waits for a request. */
  public Received<ThinRequest> receiveRequest() throws IOException {
    return ThinFraming.decode(this::nextByte, ThinRequest.parser());
  }

  /** Waits for a reply. */
  public Received<ThinReply> receiveReply() throws IOException {
    return ThinFraming.decode(this::nextByte, ThinReply.parser());
  }

  /** Closes; a thread that waits in a receive or send gets an exception. */
  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void sendMessage(MessageLite message) throws IOException {
    ByteBuffer frame = ThinFraming.encode(message);
    synchronized (sending) {
      while (frame.hasRemaining()) {
        channel.write(frame);
      }
    }
  }

  private int nextByte() throws IOException {
    if (!unread.hasRemaining()) {
      unread.clear();
      int count = channel.read(unread);
      unread.flip();
      if (count < 0) {
        return -1;
      }
    }
    return unread.get() & 0xff;
  }
}
