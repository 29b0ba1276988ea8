package io.dormouse.checkpoint.images.packs;

import java.nio.ByteBuffer;

/**
 * What a pack holds: the names of its chunks in order, and the lengths of its blocks as stored.
 * Primitive columns, as a pack may hold a million chunks. Immutable.
 */
final class PackFooter {
  private static final int COMPRESSED = 1 << 31;

  private final ByteBuffer ids;
  private final int[] blocks;
  private final long[] positions;

  private PackFooter(ByteBuffer ids, int[] blocks) {
    this.ids = ids;
    this.blocks = blocks;
    this.positions = new long[blocks.length + 1];
    positions[0] = PackFormat.HEADER_BYTES;
    for (int i = 0; i < blocks.length; i++) {
      positions[i + 1] = positions[i] + storedBytes(i);
    }
  }

  /** Collects what a pack holds while it is written. Not thread-safe. */
  static final class Builder {
    private ByteBuffer ids = ByteBuffer.allocate(1 << 16);
    private int[] blocks = new int[1 << 8];
    private int chunks;
    private int blockCount;

    /** Takes the next chunk's name; its ordinal. */
    int chunk(long idHigh, long idLow) {
      if (ids.remaining() < PackFormat.ID_BYTES) {
        ids = ByteBuffer.allocate(2 * ids.capacity()).put(ids.flip());
      }
      ids.putLong(idHigh).putLong(idLow);
      return chunks++;
    }

    void block(int storedBytes, boolean compressed) {
      if (blockCount == blocks.length) {
        blocks = java.util.Arrays.copyOf(blocks, 2 * blockCount);
      }
      blocks[blockCount++] = storedBytes | (compressed ? COMPRESSED : 0);
    }

    int chunks() {
      return chunks;
    }

    /** The footer's bytes before they are sealed. */
    byte[] encode() {
      ByteBuffer out =
          ByteBuffer.allocate(
              Integer.BYTES + chunks * PackFormat.ID_BYTES + blockCount * Integer.BYTES);
      out.putInt(chunks).put(ids.duplicate().flip());
      for (int i = 0; i < blockCount; i++) {
        out.putInt(blocks[i]);
      }
      return out.array();
    }
  }

  /** The most bytes that a footer has before it is sealed. */
  static int encodedBytesMax() {
    return encodedBytes(PackFormat.CHUNKS_MAX);
  }

  private static int encodedBytes(int chunks) {
    return Integer.BYTES + chunks * PackFormat.ID_BYTES + blocksOf(chunks) * Integer.BYTES;
  }

  private static int blocksOf(int chunks) {
    return (chunks + PackFormat.BLOCK_CHUNKS - 1) / PackFormat.BLOCK_CHUNKS;
  }

  /**
   * Reads a footer.
   *
   * @param blocksEnd where its blocks must end in the pack
   * @throws CorruptPackException when it is not one
   */
  static PackFooter decode(byte[] encoded, long blocksEnd) throws CorruptPackException {
    ByteBuffer in = ByteBuffer.wrap(encoded);
    int chunks = encoded.length < Integer.BYTES ? -1 : in.getInt();
    if (chunks < 0 || chunks > PackFormat.CHUNKS_MAX || encoded.length != encodedBytes(chunks)) {
      throw new CorruptPackException("its footer is malformed");
    }
    ByteBuffer ids = in.slice(in.position(), chunks * PackFormat.ID_BYTES);
    in.position(in.position() + ids.capacity());
    int[] blocks = new int[blocksOf(chunks)];
    in.asIntBuffer().get(blocks);
    for (int block : blocks) {
      if ((block & ~COMPRESSED) > PackFormat.BLOCK_BYTES + PackFormat.TAG_BYTES) {
        throw new CorruptPackException("a block of it is too long");
      }
    }
    PackFooter footer = new PackFooter(ids, blocks);
    if (footer.positions[blocks.length] != blocksEnd) {
      throw new CorruptPackException("its blocks don't fill it");
    }
    return footer;
  }

  int chunks() {
    return ids.capacity() / PackFormat.ID_BYTES;
  }

  int blocks() {
    return blocks.length;
  }

  long idHigh(int chunk) {
    return ids.getLong(chunk * PackFormat.ID_BYTES);
  }

  long idLow(int chunk) {
    return ids.getLong(chunk * PackFormat.ID_BYTES + Long.BYTES);
  }

  /** Where a block begins in the pack. */
  long position(int block) {
    return positions[block];
  }

  int storedBytes(int block) {
    return blocks[block] & ~COMPRESSED;
  }

  boolean isCompressed(int block) {
    return (blocks[block] & COMPRESSED) != 0;
  }

  /** How many bytes a block has once it is opened. */
  int rawBytes(int block) {
    int first = block * PackFormat.BLOCK_CHUNKS;
    return Math.min(PackFormat.BLOCK_CHUNKS, chunks() - first) * PackFormat.CHUNK_BYTES;
  }
}
