package io.dormouse.checkpoint.images.packs;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Numbers in as few bytes as they need: seven bits a byte, least significant first (LEB128). */
final class Varints {
  private static final int BITS = 7;
  private static final int MORE = 1 << BITS;

  private Varints() {}

  /** Writes a number that is not negative. */
  static void write(ByteArrayOutputStream out, long value) {
    long rest = value;
    while (rest >= MORE) {
      out.write(((int) (rest & (MORE - 1))) | MORE);
      rest >>>= BITS;
    }
    out.write((int) rest);
  }

  /** Writes any number, small ones of either sign in few bytes. */
  static void writeSigned(ByteArrayOutputStream out, long value) {
    write(out, ((value << 1) ^ (value >> (Long.SIZE - 1))) & Long.MAX_VALUE);
  }

  /**
   * Reads a number between 0 and {@code most}.
   *
   * @throws CorruptPackException when there is none
   */
  static long read(ByteBuffer in, long most) throws CorruptPackException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE - 1; shift += BITS) {
      if (!in.hasRemaining()) {
        throw new CorruptPackException("it ends in a number");
      }
      byte next = in.get();
      value |= (long) (next & (MORE - 1)) << shift;
      if (next >= 0) {
        if (value > most) {
          throw new CorruptPackException("a number (%d) is above %d".formatted(value, most));
        }
        return value;
      }
    }
    throw new CorruptPackException("a number is too long");
  }

  /**
   * Reads a number of either sign.
   *
   * @throws CorruptPackException when there is none
   */
  static long readSigned(ByteBuffer in) throws CorruptPackException {
    long value = read(in, Long.MAX_VALUE);
    return (value >>> 1) ^ -(value & 1);
  }
}
