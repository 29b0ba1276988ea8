package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.keys.KeyException;
import io.dormouse.checkpoint.images.keys.StoreKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Says in a store which keys it is used with: the id of the master key that they had at its first
 * use, which tells nothing of the key, and which they know by after every rotation. So an agent
 * with other keys fails when it starts, not when it is to wake an image.
 */
final class KeyMark {
  private static final String NAME = "store/keys";
  private static final int BYTES_MAX = 64;

  private final Blobs blobs;

  KeyMark(Blobs blobs) {
    this.blobs = blobs;
  }

  /** Whether anybody has used the store. */
  boolean isThere() throws IOException {
    return read().isPresent();
  }

  /**
   * The keys of a directory, made on the store's first use.
   *
   * @throws KeyException when they are not the store's
   */
  StoreKeys keysIn(Path directory) throws IOException {
    Optional<String> before = read();
    if (before.isPresent() && !StoreKeys.areIn(directory)) {
      throw wrong(before.get(), "has none", directory);
    }
    StoreKeys keys = StoreKeys.in(directory);
    byte[] ours = (keys.ring().masterId() + "\n").getBytes(StandardCharsets.US_ASCII);
    if (before.isEmpty() && blobs.create(NAME, ours)) {
      return keys;
    }
    String used = read().orElseThrow(() -> new IOException("the blob %s vanished".formatted(NAME)));
    if (!keys.ring().knewMaster(used)) {
      throw wrong(used, "has " + keys.ring().masterId(), directory);
    }
    return keys;
  }

  private static KeyException wrong(String used, String found, Path directory) {
    return new KeyException(
        "It is used with the master key %s, and the directory %s %s.%nMaybe name the directory of its keys: --keys, or image-keys in an agent's configuration. All who share a store share it."
            .formatted(used, directory, found));
  }

  private Optional<String> read() throws IOException {
    try {
      String text = new String(blobs.read(NAME, BYTES_MAX), StandardCharsets.US_ASCII);
      return Optional.of(text.strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
