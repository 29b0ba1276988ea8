package io.dormouse.checkpoint.agentapi;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * Frames of the thin protocol: the message's size as a base-128 varint, then the message. The same
 * bytes that {@code writeDelimitedTo} of Protocol Buffers gives.
 */
public final class ThinFraming {
  /** Largest message on a thin connection, in bytes, its length prefix not counted. */
  public static final int MAX_MESSAGE_BYTES = 64 * 1024;

  private static final int MAX_PREFIX_BYTES = 5;

  private ThinFraming() {}

  /**
   * A message with its length prefix.
   *
   * @throws IllegalArgumentException if the message is larger than {@link #MAX_MESSAGE_BYTES}
   */
  public static ByteBuffer encode(MessageLite message) {
    int messageBytes = message.getSerializedSize();
    if (messageBytes > MAX_MESSAGE_BYTES) {
      throw new IllegalArgumentException(
          String.format(
              "The messageBytes (%d) of %s must be at most %d.%n"
                  + "Maybe its arguments or environment carry data that belongs in a file.",
              messageBytes, message.getClass().getSimpleName(), MAX_MESSAGE_BYTES));
    }
    byte[] frame = new byte[CodedOutputStream.computeUInt32SizeNoTag(messageBytes) + messageBytes];
    CodedOutputStream out = CodedOutputStream.newInstance(frame);
    try {
      out.writeUInt32NoTag(messageBytes);
      message.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("An array of the computed size was too small.", e);
    }
    return ByteBuffer.wrap(frame);
  }

  /**
   * Reads one message.
   *
   * @throws IOException if reading fails; broken content is a {@link Received.Malformed}
   */
  static <T extends MessageLite> Received<T> decode(ByteSource source, Parser<T> parser)
      throws IOException {
    long messageBytes = 0;
    for (int i = 0; ; i++) {
      int b = source.next();
      if (b < 0) {
        return i == 0
            ? new Received.EndOfStream<>()
            : new Received.Malformed<>("The stream ended within a length prefix.");
      }
      messageBytes |= (long) (b & 0x7f) << (7 * i);
      if ((b & 0x80) == 0) {
        break;
      }
      if (i + 1 == MAX_PREFIX_BYTES) {
        return new Received.Malformed<>("The length prefix has more than 5 bytes.");
      }
    }
    if (messageBytes > MAX_MESSAGE_BYTES) {
      return new Received.Malformed<>(
          String.format(
              "The messageBytes (%d) must be at most %d.", messageBytes, MAX_MESSAGE_BYTES));
    }
    return parse(source, parser, (int) messageBytes);
  }

  private static <T extends MessageLite> Received<T> parse(
      ByteSource source, Parser<T> parser, int messageBytes) throws IOException {
    byte[] message = new byte[messageBytes];
    for (int i = 0; i < messageBytes; i++) {
      int b = source.next();
      if (b < 0) {
        return new Received.Malformed<>(
            String.format("The stream ended after %d of %d bytes.", i, messageBytes));
      }
      message[i] = (byte) b;
    }
    try {
      return new Received.Message<>(parser.parseFrom(message));
    } catch (InvalidProtocolBufferException e) {
      return new Received.Malformed<>("The bytes are not a message: " + e.getMessage());
    }
  }

  /** Gives bytes one at a time, so that nothing is allocated on a peer's say-so. */
  interface ByteSource {
    /** The next byte (0 to 255), or -1 at the end. */
    int next() throws IOException;
  }
}
