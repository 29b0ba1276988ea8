package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.ManifestJson.MalformedManifestException;
import io.dormouse.checkpoint.images.packs.PackName;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which images there are, and which packs they use. */
final class ImageListing {
  private static final int LIST_MAX = 100_000;

  private final Catalog catalog;
  private final Claims claims;

  ImageListing(PackedImageStore.Parts parts) {
    this.catalog = parts.catalog();
    this.claims = parts.claims();
  }

  /** See {@link ImageStore#show}. */
  Image show(ImageId id) {
    try {
      return new Image.Published(catalog.read(id), claims.isClaimed(id));
    } catch (NoSuchFileException e) {
      return new Image.Missing(id);
    } catch (MalformedManifestException | IOException e) {
      return new Image.Unreadable(id, String.valueOf(e.getMessage()));
    }
  }

  /** See {@link ImageStore#list()}. */
  Stored<List<Image>> list() {
    try {
      return new Stored.Ok<>(shown(catalog.list()));
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("list images", e));
    }
  }

  /** See {@link ImageStore#list(String)}. */
  Stored<List<Image>> list(String instance) {
    if (!ImageId.isValidName(instance)) {
      return new Stored.Failed<>(new StoreFailure.Io("list images", "this is no instance name"));
    }
    try {
      return new Stored.Ok<>(shown(catalog.list(instance)));
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("list images of " + instance, e));
    }
  }

  private List<Image> shown(List<ImageId> ids) {
    List<Image> images = new ArrayList<>();
    for (ImageId id : ids.subList(0, Math.min(LIST_MAX, ids.size()))) {
      Image image = show(id);
      if (!(image instanceof Image.Missing)) {
        images.add(image);
      }
    }
    images.sort(
        Comparator.comparing((Image image) -> image.id().instance())
            .thenComparing(ImageListing::createdAt));
    return images;
  }

  private static Instant createdAt(Image image) {
    return image instanceof Image.Published published
        ? published.manifest().metadata().createdAt()
        : Instant.EPOCH;
  }

  /** Fails when an image can't be read: what it uses is not known then. */
  Set<PackName> packsInUse() throws IOException {
    Set<PackName> used = new HashSet<>();
    for (ImageId id : catalog.list()) {
      used.addAll(packsOf(id));
    }
    return used;
  }

  private List<PackName> packsOf(ImageId id) throws IOException {
    try {
      Manifest.Contents contents = catalog.read(id).contents();
      return contents.packs().stream().map(pack -> new PackName(contents.domain(), pack)).toList();
    } catch (NoSuchFileException deletedMeanwhile) {
      return List.of();
    } catch (MalformedManifestException e) {
      throw new IOException(
          "The image %s can't be read, so it is not known which packs it uses: %s%nMaybe delete it."
              .formatted(id, e.getMessage()),
          e);
    }
  }
}
