package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.ImageFiles.StrayFileException;
import io.dormouse.checkpoint.images.keys.KeyRing;
import io.dormouse.checkpoint.images.packs.CorruptPackException;
import io.dormouse.checkpoint.images.packs.LeftOut;
import io.dormouse.checkpoint.images.packs.PackStore;
import io.dormouse.checkpoint.images.packs.PackedImage;
import io.dormouse.checkpoint.images.packs.Packing;
import io.dormouse.checkpoint.images.packs.SealedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Makes images of files: staged, packed, read back, and the manifest last. */
final class ImagePublishing {
  private final Catalog catalog;
  private final Claims claims;
  private final PackStore packs;
  private final Spool spool;
  private final Upkeep upkeep;
  private final KeyRing ring;

  ImagePublishing(PackedImageStore.Parts parts, Upkeep upkeep) {
    this.catalog = parts.catalog();
    this.claims = parts.claims();
    this.packs = parts.packs();
    this.spool = parts.spool();
    this.upkeep = upkeep;
    this.ring = parts.ring();
  }

  /** See {@link ImageStore#stage}. */
  Stored<StagedImage> stage(ExpectedImage expected) {
    ImageId id = expected.id();
    try {
      if (catalog.exists(id)) {
        return new Stored.Failed<>(new StoreFailure.AlreadyPublished(id));
      }
      Optional<StoreFailure> refusal = upkeep.refusal(expected.ownerUid(), 1);
      if (refusal.isPresent()) {
        return new Stored.Failed<>(refusal.get());
      }
      Path directory = spool.create(id);
      return new Stored.Ok<>(new StagedImage(id, directory, packing(expected, directory)));
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("stage image " + id, e));
    }
  }

  private Packing packing(ExpectedImage expected, Path directory) throws IOException {
    String domain = Upkeep.domain(expected.ownerUid());
    try {
      return packs.begin(
          new PackStore.Begun(
              PackedImageStore.name(expected.id()),
              domain,
              directory,
              expected.writtenOnce(),
              catalog.packsOfParent(expected.id(), expected.parent(), domain),
              expected.base().flatMap(pages -> SealedImage.read(domain, pages))));
    } catch (IOException e) {
      Trees.delete(directory);
      throw e;
    }
  }

  /** See {@link ImageStore#publish(StagedImage, ImageMetadata, LeftOut)}. */
  Stored<Image.Published> publish(StagedImage staged, ImageMetadata metadata, LeftOut leftOut) {
    ImageId id = staged.id();
    if (!metadata.id().equals(id)) {
      throw new IllegalArgumentException(
          "The metadata of %s must be of image %s.".formatted(metadata.id(), id));
    }
    Packing packing =
        staged
            .packing()
            .orElseThrow(
                () -> new IllegalArgumentException("The image %s must be staged.".formatted(id)));
    try {
      List<Path> files = ImageFiles.regularFiles(staged.directory());
      if (files.isEmpty()) {
        return badContent(staged, "it holds no file");
      }
      try (PackedImage packed = packing.finish(id.generation(), files, leftOut)) {
        return publish(staged, metadata, packed);
      }
    } catch (StrayFileException e) {
      return new Stored.Failed<>(
          new StoreFailure.BadContent(
              String.valueOf(e.getMessage()), "is neither a file nor a directory"));
    } catch (CorruptPackException e) {
      return badContent(staged, "it does not read back as it was written: " + e.getMessage());
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("publish image " + id, e));
    }
  }

  private Stored<Image.Published> publish(
      StagedImage staged, ImageMetadata metadata, PackedImage packed) throws IOException {
    if (!packed.domain().equals(Upkeep.domain(metadata.ownerUid()))) {
      throw new IllegalArgumentException(
          "The owner (%d) of image %s must be who it was staged for (%s)."
              .formatted(metadata.ownerUid(), metadata.id(), packed.domain()));
    }
    byte[] table = packed.table();
    Manifest manifest =
        new Manifest(
            Manifest.FORMAT_VERSION,
            metadata,
            new Manifest.Contents(
                packed.domain(),
                packed.files(),
                packed.fileBytes(),
                packed.storedBytes(),
                packed.newBytes(),
                packed.packs(),
                Catalog.sha256(table)));
    packed.check();
    Optional<StoreFailure> refusal =
        upkeep.refusalOfWritten(metadata.ownerUid(), packed.newBytes());
    if (refusal.isPresent()) {
      packed.discard();
      return new Stored.Failed<>(refusal.get());
    }
    if (!catalog.publish(manifest, table)) {
      packed.discard();
      return new Stored.Failed<>(new StoreFailure.AlreadyPublished(staged.id()));
    }
    requireReadable(catalog, manifest.id(), packed, ring);
    remove(staged);
    return new Stored.Ok<>(new Image.Published(manifest, claims.isClaimed(staged.id())));
  }

  /** An image whose owner's key was erased before it was seen must not stand for its process. */
  static void requireReadable(Catalog catalog, ImageId id, PackedImage packed, KeyRing ring)
      throws IOException {
    try {
      packed.checkReadableWith(ring);
    } catch (IOException e) {
      boolean unused = catalog.delete(id);
      packed.discard();
      throw e;
    }
  }

  /** Removes what was staged or fetched. */
  static void remove(StagedImage staged) throws IOException {
    if (staged.packing().isPresent()) {
      staged.packing().get().close();
    }
    Trees.delete(staged.directory());
  }

  private static <T> Stored<T> badContent(StagedImage staged, String reason) {
    return new Stored.Failed<>(new StoreFailure.BadContent(staged.directory().toString(), reason));
  }
}
