package io.dormouse.checkpoint.images.packs;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/** An image's sealed page table, and what it was sealed for. Immutable. */
public final class SealedImage {
  private final String domain;
  private final UUID generation;
  private final byte[] table;

  /** {@code table} is not copied, and not to be changed. */
  public SealedImage(String domain, UUID generation, byte[] table) {
    this.domain = domain;
    this.generation = generation;
    this.table = table;
  }

  /** Whose keys open it. */
  public String domain() {
    return domain;
  }

  /** What {@link #read} makes the same of; it says nothing to anybody without the domain's keys. */
  public byte[] write() {
    return ByteBuffer.allocate(2 * Long.BYTES + table.length)
        .putLong(generation.getMostSignificantBits())
        .putLong(generation.getLeastSignificantBits())
        .put(table)
        .array();
  }

  /** What was written; empty if that is cut short. Whether it is as it was shows in its use. */
  public static Optional<SealedImage> read(String domain, byte[] written) {
    if (written.length < 2 * Long.BYTES) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(written);
    UUID generation = new UUID(in.getLong(), in.getLong());
    byte[] table = new byte[in.remaining()];
    in.get(table);
    return Optional.of(new SealedImage(domain, generation, table));
  }

  PageTable open(DomainKeys keys) throws CorruptPackException {
    return SealedTable.open(table, keys, generation);
  }

  /** The same table if it is still what was sealed here, else sealed anew. */
  byte[] sealed(PageTable before, PageTable after, DomainKeys keys) {
    return before.equals(after) ? table : SealedTable.seal(after, keys, generation);
  }
}
