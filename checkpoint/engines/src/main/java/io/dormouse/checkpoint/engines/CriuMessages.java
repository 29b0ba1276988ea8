package io.dormouse.checkpoint.engines;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One of CRIU's image files: a magic number, or that of all images and its own, then protobuf
 * messages, each after its length. Immutable as long as nobody changes the arrays.
 */
final class CriuMessages {
  private static final int MAGIC_OF_ALL = 0x54564319;
  private static final int BYTES_MAX = 256 << 20;
  private static final int MESSAGE_BYTES_MAX = 1 << 20;

  private final byte[] magic;
  private final List<byte[]> messages;

  /**
   * A file.
   *
   * @param magic the bytes before the first message
   * @param messages as they are
   */
  CriuMessages(byte[] magic, List<byte[]> messages) {
    this.magic = magic;
    this.messages = List.copyOf(messages);
  }

  byte[] magic() {
    return magic;
  }

  List<byte[]> messages() {
    return messages;
  }

  static CriuMessages read(Path file) throws IOException {
    if (Files.size(file) > BYTES_MAX) {
      throw new IOException("%s has more than %d bytes".formatted(file, BYTES_MAX));
    }
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    try {
      byte[] magic = bytes(in, in.getInt(0) == MAGIC_OF_ALL ? 2 * Integer.BYTES : Integer.BYTES);
      List<byte[]> messages = new ArrayList<>();
      while (in.hasRemaining()) {
        int length = in.getInt();
        if (length < 0 || length > MESSAGE_BYTES_MAX) {
          throw new IOException("%s has a message of %d bytes".formatted(file, length));
        }
        messages.add(bytes(in, length));
      }
      return new CriuMessages(magic, messages);
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw new IOException("%s is cut short".formatted(file), e);
    }
  }

  private static byte[] bytes(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  void write(Path file) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(magic);
    for (byte[] message : messages) {
      ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      out.writeBytes(length.putInt(message.length).array());
      out.writeBytes(message);
    }
    Files.write(file, out.toByteArray());
  }

  /** The numbers of a message that has nothing else. */
  static Map<Integer, Long> numbers(byte[] message) throws IOException {
    Map<Integer, Long> numbers = new LinkedHashMap<>();
    ByteBuffer in = ByteBuffer.wrap(message);
    while (in.hasRemaining()) {
      long key = varint(in);
      if ((key & 7) != 0) {
        throw new IOException("a message holds more than numbers");
      }
      numbers.put((int) (key >>> 3), varint(in));
    }
    return numbers;
  }

  /** A message of numbers. */
  static byte[] message(Map<Integer, Long> numbers) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    numbers.forEach(
        (field, number) -> {
          varint(out, (long) field << 3);
          varint(out, number);
        });
    return out.toByteArray();
  }

  private static long varint(ByteBuffer in) throws IOException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (!in.hasRemaining()) {
        throw new IOException("a message is cut short");
      }
      byte next = in.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IOException("a number of more than 64 bits");
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
