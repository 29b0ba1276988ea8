package io.dormouse.checkpoint.images.packs;

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

  PageTable open(DomainKeys keys) throws CorruptPackException {
    return SealedTable.open(table, keys, generation);
  }

  /** The same table if it is still what was sealed here, else sealed anew. */
  byte[] sealed(PageTable before, PageTable after, DomainKeys keys) {
    return before.equals(after) ? table : SealedTable.seal(after, keys, generation);
  }
}
