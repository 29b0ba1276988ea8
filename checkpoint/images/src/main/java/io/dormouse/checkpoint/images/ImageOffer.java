package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.packs.PackSource;
import java.io.IOException;

/**
 * An image of one store, as it lies there, for another store to {@link ImageStore#take}. What it
 * says is not trusted: the taker checks all of it, and reads nothing else before somebody whom it
 * trusts vouches for the manifest.
 */
public interface ImageOffer {
  /** The most bytes of a signed manifest that a store takes from another. */
  int MANIFEST_BYTES_MAX = 8 << 20;

  /** Which image. */
  ImageId id();

  /** The signed manifest. */
  byte[] manifest() throws IOException;

  /**
   * The sealed page table.
   *
   * @param bytesMax more of it than that is not read
   * @throws OfferException when it has more
   */
  byte[] table(int bytesMax) throws IOException;

  /** The packs that the image lies in, and no others. */
  PackSource packs();
}
