package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.blobs.Traffic;
import io.dormouse.checkpoint.images.keys.KeyRing;
import io.dormouse.checkpoint.images.keys.StoreKeys;
import io.dormouse.checkpoint.images.packs.LeftOut;
import io.dormouse.checkpoint.images.packs.PackStore;
import io.dormouse.checkpoint.images.upkeep.StoreRules;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images whose pages lie in packs. Each owner's are a dedup domain of their own: no page of one is
 * ever compared with another's.
 */
final class PackedImageStore implements ImageStore {
  private static final Logger LOG = LoggerFactory.getLogger(PackedImageStore.class);

  private final Traffic traffic = new Traffic();
  private final Blobs blobs;
  private final Parts parts;
  private final InstantSource clock;
  private final Upkeep upkeep;
  private final ImagePublishing publishing;
  private final ImageReading reading;
  private final ImageListing listing;

  /**
   * Opens a store without rules.
   *
   * @param blobs closed with it
   */
  PackedImageStore(
      Blobs blobs, Spool spool, StoreKeys keys, PackStore.Limits limits, InstantSource clock) {
    this(blobs, spool, keys, new Held(limits, StoreRules.NONE), clock);
  }

  /** What a store is held to. */
  record Held(PackStore.Limits limits, StoreRules rules) {}

  /** What a store is made of. */
  record Parts(Catalog catalog, Claims claims, PackStore packs, Spool spool, KeyRing ring) {}

  /**
   * Opens a store.
   *
   * @param all closed with it
   */
  PackedImageStore(Blobs all, Spool spool, StoreKeys keys, Held held, InstantSource clock) {
    this.blobs = traffic.of(all);
    this.parts =
        new Parts(
            new Catalog(blobs, keys),
            new Claims(blobs, clock),
            new PackStore(blobs, keys.ring(), held.limits()),
            spool,
            keys.ring());
    this.clock = clock;
    this.upkeep = new Upkeep(this, blobs, held.rules(), clock);
    this.publishing = new ImagePublishing(parts, upkeep);
    this.reading = new ImageReading(parts);
    this.listing = new ImageListing(parts);
  }

  static String name(ImageId id) {
    return id.instance() + "." + id.generation();
  }

  @Override
  public Stored<StagedImage> stage(ExpectedImage expected) {
    return publishing.stage(expected);
  }

  @Override
  public Stored<Image.Published> publish(
      StagedImage staged, ImageMetadata metadata, LeftOut leftOut) {
    return publishing.publish(staged, metadata, leftOut);
  }

  @Override
  public Stored<byte[]> pages(ImageId id) {
    return reading.pages(id);
  }

  @Override
  public Stored<StagedImage> discard(StagedImage staged) {
    try {
      ImagePublishing.remove(staged);
      return new Stored.Ok<>(staged);
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("discard " + staged.directory(), e));
    }
  }

  @Override
  public Fetched fetch(ImageId id) {
    return reading.fetch(id);
  }

  @Override
  public VerifyResult fetch(ImageId id, Path directory) {
    return reading.fetch(id, directory);
  }

  @Override
  public VerifyResult rebuild(ImageId was, ImageId id, Path directory) {
    return reading.rebuild(was, id, directory);
  }

  @Override
  public VerifyResult verify(ImageId id) {
    return reading.verify(id);
  }

  @Override
  public Stored<ImageOffer> offer(ImageId id) {
    return reading.offer(id);
  }

  @Override
  public Stored<Image.Published> take(ImageOffer offer, OptionalLong owner) {
    Stored<Manifest> taken = new ImageTaking(parts, upkeep).take(offer, owner);
    if (taken instanceof Stored.Failed<Manifest> failed) {
      return new Stored.Failed<>(failed.failure());
    }
    Manifest manifest = ((Stored.Ok<Manifest>) taken).value();
    try {
      return new Stored.Ok<>(
          new Image.Published(manifest, parts.claims().isClaimed(manifest.id())));
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("take over image " + manifest.id(), e));
    }
  }

  @Override
  public Stored<Claim> claim(ImageId id, String claimant) {
    try {
      return parts.catalog().exists(id)
          ? parts.claims().claim(id, claimant)
          : new Stored.Failed<>(new StoreFailure.Missing(id));
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("claim image " + id, e));
    }
  }

  @Override
  public Stored<Optional<Claim>> claimOf(ImageId id) {
    return parts.claims().find(id);
  }

  @Override
  public Stored<ImageId> release(ImageId id, String claimant) {
    return parts.claims().release(id, claimant);
  }

  @Override
  public Image show(ImageId id) {
    return listing.show(id);
  }

  @Override
  public Stored<List<Image>> list() {
    return listing.list();
  }

  @Override
  public Stored<List<Image>> list(String instance) {
    return listing.list(instance);
  }

  @Override
  public Stored<ImageId> delete(ImageId id) {
    try {
      parts.spool().removeAll(id);
      parts.packs().giveUp(name(id));
      boolean there = parts.catalog().delete(id);
      parts.claims().remove(id);
      blobs.delete(Upkeep.kept(id));
      return there ? new Stored.Ok<>(id) : new Stored.Failed<>(new StoreFailure.Missing(id));
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("delete image " + id, e));
    }
  }

  @Override
  public Stored<Integer> sweep(Duration olderThan) {
    try {
      Instant limit = clock.instant().minus(olderThan);
      return new Stored.Ok<>(parts.spool().sweep(limit) + blobs.sweep(limit));
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("sweep", e));
    }
  }

  @Override
  public Stored<Long> collect() {
    try {
      return new Stored.Ok<>(parts.packs().collect(listing::packsInUse, clock.instant()));
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("collect packs", e));
    }
  }

  @Override
  public Erasing erasing(long ownerUid) {
    return new Erasing(this, blobs, parts.ring(), ownerUid);
  }

  @Override
  public Upkeep upkeep() {
    return upkeep;
  }

  @Override
  public Traffic traffic() {
    return traffic;
  }

  @Override
  public void close() {
    try {
      blobs.close();
    } catch (IOException e) {
      LOG.warn("The store was not closed well: {}", e.toString());
    }
  }
}
