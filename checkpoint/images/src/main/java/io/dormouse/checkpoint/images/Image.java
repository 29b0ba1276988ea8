package io.dormouse.checkpoint.images;

import java.nio.file.Path;

/**
 * What the store finds under the name of an image. Reading one never checks its files: see {@link
 * ImageStore#verify}.
 */
public sealed interface Image {
  ImageId id();

  /**
   * A published image whose manifest parses; {@code claimed} once somebody has begun to wake it.
   */
  record Published(Manifest manifest, Path directory, boolean claimed) implements Image {
    @Override
    public ImageId id() {
      return manifest.id();
    }
  }

  /** A directory whose manifest is absent, unreadable, or of another image. */
  record Unreadable(ImageId id, Path directory, String reason) implements Image {}

  /** Nothing there. */
  record Missing(ImageId id) implements Image {}
}
