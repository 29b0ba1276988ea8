package io.dormouse.checkpoint.images.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * All keys that a store is used with.
 *
 * @param ring the domains' secrets
 * @param signing vouches for what is written here
 * @param signers whose word counts
 */
public record StoreKeys(KeyRing ring, SigningKey signing, Signers signers) {
  private static final String MASTER = "master.key";

  /** Whether there are keys in a directory. */
  public static boolean areIn(Path directory) {
    return Files.exists(directory.resolve(MASTER));
  }

  /**
   * Keys that lie in one directory, made where they are missing. Beside the store itself they
   * protect owners from each other, and images from accidents; against a thief of the disk they
   * must lie elsewhere.
   */
  public static StoreKeys in(Path directory) throws IOException {
    KeyRing ring = new KeyRing(directory).withMaster();
    Signers signers = new Signers(directory.resolve("signers"));
    String unused = ring.masterId();
    return new StoreKeys(ring, ring.signingKey(directory.resolve("signing.key"), signers), signers);
  }
}
