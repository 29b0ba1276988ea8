package io.dormouse.checkpoint.images.packs;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * A page table as a blob: compressed, and sealed under a key that is used this once, for this
 * image.
 */
final class SealedTable {
  private static final int VERSION = 2;
  private static final int HEADER_BYTES = 2 * Long.BYTES + Integer.BYTES + 1;
  private static final int RAW_BYTES_MAX = 256 << 20;

  private SealedTable() {}

  static byte[] seal(PageTable table, DomainKeys keys, UUID generation) {
    byte[] raw = table.encode();
    UUID salt = UUID.randomUUID();
    try (BlockCodec codec = new BlockCodec(keys.tableKey(salt))) {
      BlockCodec.Sealed sealed = codec.seal(0, raw, 0, raw.length, context(generation));
      return ByteBuffer.allocate(HEADER_BYTES + sealed.bytes.length)
          .putLong(salt.getMostSignificantBits())
          .putLong(salt.getLeastSignificantBits())
          .putInt(raw.length)
          .put((byte) (sealed.compressed ? 1 : 0))
          .put(sealed.bytes)
          .array();
    }
  }

  /**
   * Opens a table.
   *
   * @throws CorruptPackException when it is not that image's as it was sealed
   */
  static PageTable open(byte[] blob, DomainKeys keys, UUID generation) throws CorruptPackException {
    ByteBuffer in = ByteBuffer.wrap(blob);
    if (blob.length < HEADER_BYTES) {
      throw new CorruptPackException("the page table is cut short");
    }
    UUID salt = new UUID(in.getLong(), in.getLong());
    int rawLength = in.getInt();
    byte compressed = in.get();
    if (rawLength < 0 || rawLength > RAW_BYTES_MAX || compressed < 0 || compressed > 1) {
      throw new CorruptPackException("the page table's header is malformed");
    }
    byte[] sealed = new byte[in.remaining()];
    in.get(sealed);
    try (BlockCodec codec = new BlockCodec(keys.tableKey(salt))) {
      return PageTable.decode(
          codec.open(0, sealed, compressed == 1, rawLength, context(generation)));
    }
  }

  private static byte[] context(UUID generation) {
    return ByteBuffer.allocate(1 + 2 * Long.BYTES)
        .put((byte) VERSION)
        .putLong(generation.getMostSignificantBits())
        .putLong(generation.getLeastSignificantBits())
        .array();
  }
}
