package io.dormouse.checkpoint.images.packs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Some neighbouring pages of a file and their chunks' names. */
final class Segment {
  static final int CHUNKS = 256;
  static final int BYTES = CHUNKS * PackFormat.CHUNK_BYTES;
  private static final byte[] ZEROS = new byte[PackFormat.CHUNK_BYTES];

  final byte[] bytes = new byte[BYTES];
  private final long[] highs = new long[CHUNKS];
  private final long[] lows = new long[CHUNKS];
  private final boolean[] zero = new boolean[CHUNKS];
  private int chunks;
  private int length;

  /**
   * Reads it from a file; a last page that is cut short is filled with zeros.
   *
   * @throws java.io.EOFException when the file is shorter than it was
   */
  void read(PageSource file, long position, int length) throws IOException {
    file.read(ByteBuffer.wrap(bytes, 0, length), position);
    this.length = length;
    chunks = (length + PackFormat.CHUNK_BYTES - 1) / PackFormat.CHUNK_BYTES;
    Arrays.fill(bytes, length, chunks * PackFormat.CHUNK_BYTES, (byte) 0);
  }

  /** Names its chunks. */
  Segment hashed(ChunkHasher hasher) {
    for (int i = 0; i < chunks; i++) {
      int from = offset(i);
      zero[i] = Arrays.equals(bytes, from, from + PackFormat.CHUNK_BYTES, ZEROS, 0, ZEROS.length);
      if (!zero[i]) {
        hasher.hash(bytes, from, PackFormat.CHUNK_BYTES);
        highs[i] = hasher.high();
        lows[i] = hasher.low();
      }
    }
    return this;
  }

  /** How many of its bytes are the file's. */
  int length() {
    return length;
  }

  int chunks() {
    return chunks;
  }

  static int offset(int chunk) {
    return chunk * PackFormat.CHUNK_BYTES;
  }

  boolean isZero(int chunk) {
    return zero[chunk];
  }

  long idHigh(int chunk) {
    return highs[chunk];
  }

  long idLow(int chunk) {
    return lows[chunk];
  }
}
