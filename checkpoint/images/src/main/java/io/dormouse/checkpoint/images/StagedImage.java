package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.packs.Packing;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A private directory on a local disk that becomes the image when it is published. Root-only, mode
 * 0700.
 */
public final class StagedImage {
  private final ImageId id;
  private final Path directory;
  private final @Nullable Packing packing;

  /** One whose files are not to be packed, as they come from packs. */
  StagedImage(ImageId id, Path directory) {
    this(id, directory, null);
  }

  StagedImage(ImageId id, Path directory, @Nullable Packing packing) {
    this.id = id;
    this.directory = directory;
    this.packing = packing;
  }

  /** The image. */
  public ImageId id() {
    return id;
  }

  /** Where its files are. */
  public Path directory() {
    return directory;
  }

  /** Whether its files may be completed by pages of the base that was expected. */
  public boolean inherits() {
    return packing != null && packing.inherits();
  }

  Optional<Packing> packing() {
    return Optional.ofNullable(packing);
  }
}
