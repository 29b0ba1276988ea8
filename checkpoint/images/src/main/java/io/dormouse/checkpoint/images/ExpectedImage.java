package io.dormouse.checkpoint.images;

import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * What is known of an image before it is taken.
 *
 * @param id instance and generation
 * @param ownerUid the user whose process it will hold
 * @param parent the generation this life was woken from, if any
 * @param writtenOnce which of its files are written from begin to end and never changed, so that
 *     they can be packed while they grow; their paths are relative
 * @param base an image of the same owner, as {@link ImageStore#pages} told, whose pages its files
 *     may be completed by
 */
public record ExpectedImage(
    ImageId id,
    long ownerUid,
    Optional<UUID> parent,
    Predicate<Path> writtenOnce,
    Optional<byte[]> base) {
  /** One whose files will be whole. */
  public ExpectedImage(
      ImageId id, long ownerUid, Optional<UUID> parent, Predicate<Path> writtenOnce) {
    this(id, ownerUid, parent, writtenOnce, Optional.empty());
  }

  /** The same, of which pages may be inherited. */
  public ExpectedImage on(Optional<byte[]> pages) {
    return new ExpectedImage(id, ownerUid, parent, writtenOnce, pages);
  }

  /** One whose files are packed once they are complete. */
  public static ExpectedImage of(ImageId id, long ownerUid) {
    return new ExpectedImage(id, ownerUid, Optional.empty(), file -> false);
  }
}
