package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.keys.KeyRing;
import io.dormouse.checkpoint.images.packs.PackUse;
import io.dormouse.checkpoint.images.packs.PackWriters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Erases all that an owner has stored, by destroying his secret: whatever copies there are of his
 * images, nobody can read them any more. Then the images are deleted here; their space comes back
 * as that of all deleted ones. Erasing again goes on where it was broken off.
 */
public final class Erasing {
  private final ImageStore store;
  private final Blobs blobs;
  private final KeyRing ring;
  private final long ownerUid;
  private final String domain;

  Erasing(ImageStore store, Blobs blobs, KeyRing ring, long ownerUid) {
    this.store = store;
    this.blobs = blobs;
    this.ring = ring;
    this.ownerUid = ownerUid;
    this.domain = Upkeep.domain(ownerUid);
  }

  /**
   * What there is of an owner.
   *
   * @param key whether he has a secret; without one nothing of his can be read
   * @param images all of his that are published here
   * @param packedBytes what his packs take here
   * @param claimed those of the images that somebody wakes, or has woken
   * @param written names of images that somebody writes
   */
  public record Doomed(
      boolean key,
      List<ImageId> images,
      long packedBytes,
      List<ImageId> claimed,
      List<String> written) {
    /** Copies the lists. */
    public Doomed {
      images = List.copyOf(images);
      claimed = List.copyOf(claimed);
      written = List.copyOf(written);
    }

    /** Whether there is nothing to erase. */
    public boolean isNothing() {
      return !key && images.isEmpty();
    }

    /** Whether anybody would be disturbed. */
    public boolean isInUse() {
      return !claimed.isEmpty() || !written.isEmpty();
    }
  }

  /** What would go. */
  public Stored<Doomed> doomed() {
    try {
      return new Stored.Ok<>(look());
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("look for images of uid " + ownerUid, e));
    }
  }

  /**
   * Erases.
   *
   * @param force also while somebody wakes or writes an image of the owner
   * @return what went; a {@link StoreFailure.InUse} when somebody does, without
   */
  public Stored<Doomed> erase(boolean force) {
    try {
      Doomed doomed = look();
      if (doomed.isInUse() && !force) {
        return new Stored.Failed<>(
            new StoreFailure.InUse(ownerUid, doomed.claimed(), doomed.written()));
      }
      boolean had = ring.erase(domain);
      // Who published one meanwhile did so before the secret went, or takes it back.
      List<ImageId> gone = delete();
      return new Stored.Ok<>(
          new Doomed(had, gone, doomed.packedBytes(), doomed.claimed(), doomed.written()));
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("erase the images of uid " + ownerUid, e));
    }
  }

  private List<ImageId> delete() throws IOException {
    List<ImageId> gone = new ArrayList<>();
    for (Image.Published image : published()) {
      Stored<ImageId> deleted = store.delete(image.id());
      if (deleted instanceof Stored.Failed<ImageId> failed
          && !(failed.failure() instanceof StoreFailure.Missing)) {
        throw new IOException(
            "The key of uid %d is destroyed, and not all images are deleted: %s"
                .formatted(ownerUid, failed.failure().message()));
      }
      gone.add(image.id());
    }
    return gone;
  }

  private Doomed look() throws IOException {
    List<ImageId> images = new ArrayList<>();
    List<ImageId> claimed = new ArrayList<>();
    for (Image.Published image : published()) {
      images.add(image.id());
      if (image.claimed()) {
        claimed.add(image.id());
      }
    }
    return new Doomed(
        ring.has(domain),
        images,
        new PackUse(blobs).bytes(domain),
        claimed,
        PackWriters.of(blobs, domain));
  }

  private List<Image.Published> published() throws IOException {
    Stored<List<Image>> all = store.list();
    if (all instanceof Stored.Failed<List<Image>> failed) {
      throw new IOException(failed.failure().message());
    }
    List<Image.Published> his = new ArrayList<>();
    for (Image image : ((Stored.Ok<List<Image>>) all).value()) {
      if (image instanceof Image.Published published
          && published.manifest().contents().domain().equals(domain)) {
        his.add(published);
      }
    }
    return his;
  }
}
