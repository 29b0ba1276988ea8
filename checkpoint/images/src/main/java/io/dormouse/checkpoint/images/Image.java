package io.dormouse.checkpoint.images;

/**
 * What the store finds under the name of an image. Reading one never checks its files: see {@link
 * ImageStore#verify}.
 */
public sealed interface Image {
  ImageId id();

  /**
   * A published image whose manifest parses; {@code claimed} once somebody has begun to wake it.
   */
  record Published(Manifest manifest, boolean claimed) implements Image {
    @Override
    public ImageId id() {
      return manifest.id();
    }
  }

  /** One whose manifest is malformed, unsigned, or of another image. */
  record Unreadable(ImageId id, String reason) implements Image {}

  /** Nothing there. */
  record Missing(ImageId id) implements Image {}
}
