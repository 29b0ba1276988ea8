package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.keys.KeyException;
import io.dormouse.checkpoint.images.keys.KeyRing;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.UUID;

/**
 * An image as it is packed: durable and read back, but nothing names it yet. To be closed once
 * something does, or never will.
 */
public final class PackedImage implements Closeable {
  private final NewPacks packs;
  private final ImagePacker.Packed packed;
  private final byte[] table;

  PackedImage(NewPacks packs, ImagePacker.Packed packed, byte[] table) {
    this.packs = packs;
    this.packed = packed;
    this.table = table;
  }

  /** The sealed page table. */
  public byte[] table() {
    return table.clone();
  }

  /** Whose pages it may share. */
  public String domain() {
    return packs.domain();
  }

  /** All packs that it uses. */
  public List<UUID> packs() {
    return packed.table().packs();
  }

  /** How many files it has. */
  public int files() {
    return packed.table().files().size();
  }

  /** Length of its files, bytes. */
  public long fileBytes() {
    return packed.table().files().stream().mapToLong(PackedFile::sizeBytes).sum();
  }

  /** Bytes that the store did not have. */
  public long newBytes() {
    return packed.newBytes() + table.length;
  }

  /** Bytes in the store that it uses, with its share of what others use too. */
  public long storedBytes() {
    return newBytes() + packed.sharedBytes();
  }

  /**
   * Makes sure that its packs are still safe from collection: the last thing before it is named.
   *
   * @throws IOException when it took too long
   */
  public void check() throws IOException {
    packs.check();
  }

  /**
   * Makes sure that its owner's secret is the one that it was sealed under: the first thing after
   * it is named. Who erases the secret later finds the image; who did before has made it
   * unreadable.
   *
   * @throws KeyException when the secret is another one, or can't be read
   */
  public void checkReadableWith(KeyRing ring) throws IOException {
    if (!packs.areSealedUnder(new DomainKeys(ring.existingSecret(domain())))) {
      throw new KeyException(
          "The key of %s was erased while the image was made.%nMaybe make it again: there is a new key."
              .formatted(domain()));
    }
  }

  /** Removes what was made for it: nothing will name it. */
  public void discard() throws IOException {
    packs.discard();
  }

  @Override
  public void close() throws IOException {
    packs.close();
  }
}
