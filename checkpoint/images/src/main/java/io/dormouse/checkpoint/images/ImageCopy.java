package io.dormouse.checkpoint.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Copies images from one store to another that this process has both of. */
public final class ImageCopy {
  private ImageCopy() {}

  /**
   * An image that was copied.
   *
   * @param image as it is in the other store
   * @param resealed whether the other store has keys of its own, so that all pages were sealed anew
   */
  public record Copied(Image.Published image, boolean resealed) {}

  /**
   * Copies an image that nobody has woken: its packs as they are where the keys are the same. From
   * then on each of the two could be woken; it is for the caller to see that only one is.
   */
  public static Stored<Copied> copy(ImageStore from, ImageStore to, ImageId id) {
    if (isClaimed(from, id)) {
      return claimed(id, "before it was copied");
    }
    Stored<Copied> copied = bring(from, to, id);
    if (copied instanceof Stored.Ok<Copied> && isClaimed(from, id)) {
      Stored<ImageId> gone = to.delete(id);
      return gone instanceof Stored.Failed<ImageId> failed
          ? new Stored.Failed<>(failed.failure())
          : claimed(id, "while it was copied");
    }
    return copied;
  }

  private static boolean isClaimed(ImageStore store, ImageId id) {
    return store.show(id) instanceof Image.Published image && image.claimed();
  }

  private static Stored<Copied> claimed(ImageId id, String when) {
    return new Stored.Failed<>(new StoreFailure.Claimed(id, "somebody " + when));
  }

  private static Stored<Copied> bring(ImageStore from, ImageStore to, ImageId id) {
    Stored<ImageOffer> offered = from.offer(id);
    if (offered instanceof Stored.Failed<ImageOffer> failed) {
      return new Stored.Failed<>(failed.failure());
    }
    ImageOffer offer = ((Stored.Ok<ImageOffer>) offered).value();
    Stored<Image.Published> taken = to.take(offer, OptionalLong.empty());
    if (taken instanceof Stored.Ok<Image.Published> ok) {
      return new Stored.Ok<>(new Copied(ok.value(), false));
    }
    StoreFailure failure = ((Stored.Failed<Image.Published>) taken).failure();
    // A store that was never written to trusts nobody yet; the other one vouches for its image.
    return failure instanceof StoreFailure.OtherKeys || failure instanceof StoreFailure.BadOffer
        ? reseal(from, to, id)
        : new Stored.Failed<>(failure);
  }

  private static Stored<Copied> reseal(ImageStore from, ImageStore to, ImageId id) {
    Fetched fetched = from.fetch(id);
    if (!(fetched.result() instanceof VerifyResult.Verified verified)) {
      return new Stored.Failed<>(new StoreFailure.BadOffer(id, fetched.result().message()));
    }
    Stored<Copied> copied = publish(to, verified.manifest().metadata(), fetched.copy());
    Stored<StagedImage> gone = from.discard(fetched.copy());
    return copied instanceof Stored.Ok<Copied> && gone instanceof Stored.Failed<StagedImage> failed
        ? new Stored.Failed<>(failed.failure())
        : copied;
  }

  private static Stored<Copied> publish(ImageStore to, ImageMetadata metadata, StagedImage files) {
    ExpectedImage expected =
        new ExpectedImage(metadata.id(), metadata.ownerUid(), metadata.parent(), file -> false);
    Stored<StagedImage> staged = to.stage(expected);
    if (staged instanceof Stored.Failed<StagedImage> failed) {
      return new Stored.Failed<>(failed.failure());
    }
    StagedImage stage = ((Stored.Ok<StagedImage>) staged).value();
    Stored<Image.Published> published;
    try {
      move(files.directory(), stage.directory());
      published = to.publish(stage, metadata);
    } catch (IOException e) {
      published = new Stored.Failed<>(StoreFailure.of("copy image " + metadata.id(), e));
    }
    if (published instanceof Stored.Ok<Image.Published> ok) {
      return new Stored.Ok<>(new Copied(ok.value(), true));
    }
    Stored<StagedImage> unused = to.discard(stage);
    return new Stored.Failed<>(((Stored.Failed<Image.Published>) published).failure());
  }

  /** File by file, as the two may lie on different disks. */
  private static void move(Path from, Path to) throws IOException {
    try {
      for (Path file : ImageFiles.regularFiles(from)) {
        Path target = to.resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.move(file, target);
      }
    } catch (ImageFiles.StrayFileException e) {
      throw new IOException("a fetched image must hold files only", e);
    }
  }
}
