package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.packs.PackSource;
import java.io.IOException;

/**
 * An image of one store, as it lies there, for another store to {@link ImageStore#take}. What it
 * says is not trusted: the taker checks all of it.
 */
public interface ImageOffer {
  /** The most bytes of a signed manifest. */
  int MANIFEST_BYTES_MAX = ManifestJson.BYTES_MAX;

  /** The most bytes of a page table. */
  int TABLE_BYTES_MAX = Catalog.TABLE_BYTES_MAX;

  /** Which image. */
  ImageId id();

  /** The signed manifest. */
  byte[] manifest() throws IOException;

  /** The sealed page table. */
  byte[] table() throws IOException;

  /** The packs that the image lies in, and no others. */
  PackSource packs();
}
