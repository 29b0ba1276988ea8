package io.dormouse.checkpoint.images.packs;

/**
 * The layout of a pack. All numbers are big-endian.
 *
 * <pre>
 * header   magic, version, pack's UUID; in the clear, bound to all that is sealed
 * blocks   each up to 16 chunks, zstd or raw; sealed
 * footer   number and names of chunks, block table; sealed
 * trailer  footer's length as stored and before, magic; in the clear
 * </pre>
 *
 * <p>Sealed is AES-256-GCM (NIST SP 800-38D) under a key that belongs to this pack alone; the nonce
 * is the number of the block, so none comes twice under one key: a pack is written once.
 */
final class PackFormat {
  static final long MAGIC = 0x444f_524d_5041_434bL;
  static final int VERSION = 3;

  /** A page, so that a changed page costs one chunk. */
  static final int CHUNK_BYTES = 4_096;

  /** A block is what is compressed together: larger packs better, smaller reads less in vain. */
  static final int BLOCK_CHUNKS = 16;

  static final int BLOCK_BYTES = BLOCK_CHUNKS * CHUNK_BYTES;

  /** How many blocks make a task for a thread; says nothing of the layout. */
  static final int BATCH_BLOCKS = 16;

  /** What a reader takes: 4 GiB of pages. */
  static final int CHUNKS_MAX = 1 << 20;

  /** 256 MiB of pages: a full pack is forced to disk and read back while the next is filled. */
  static final int CHUNKS_WRITTEN_MAX = 1 << 16;

  static final int TAG_BYTES = 16;
  static final int ID_BYTES = 16;
  static final int HEADER_BYTES = Long.BYTES + Integer.BYTES + 2 * Long.BYTES;
  static final int TRAILER_BYTES = 2 * Integer.BYTES + Long.BYTES;
  static final int FOOTER_BLOCK = -1;

  private PackFormat() {}
}
