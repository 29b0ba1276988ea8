package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.ImageFiles.StrayFileException;
import io.dormouse.checkpoint.images.ManifestJson.MalformedManifestException;
import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.keys.StoreKeys;
import io.dormouse.checkpoint.images.packs.CorruptPackException;
import io.dormouse.checkpoint.images.packs.PackName;
import io.dormouse.checkpoint.images.packs.PackStore;
import io.dormouse.checkpoint.images.packs.PackedImage;
import io.dormouse.checkpoint.images.packs.Packing;
import io.dormouse.checkpoint.images.upkeep.StoreRules;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images whose pages lie in packs. Each owner's are a dedup domain of their own: no page of one is
 * ever compared with another's.
 */
final class PackedImageStore implements ImageStore {
  private static final Logger LOG = LoggerFactory.getLogger(PackedImageStore.class);
  private static final int LIST_MAX = 100_000;

  private final Blobs blobs;
  private final Catalog catalog;
  private final Claims claims;
  private final PackStore packs;
  private final Spool spool;
  private final InstantSource clock;
  private final Upkeep upkeep;

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

  /**
   * Opens a store.
   *
   * @param blobs closed with it
   */
  PackedImageStore(Blobs blobs, Spool spool, StoreKeys keys, Held held, InstantSource clock) {
    this.blobs = blobs;
    this.catalog = new Catalog(blobs, keys);
    this.claims = new Claims(blobs, clock);
    this.packs = new PackStore(blobs, keys.ring(), held.limits());
    this.spool = spool;
    this.clock = clock;
    this.upkeep = new Upkeep(this, blobs, held.rules(), clock);
  }

  @Override
  public Stored<StagedImage> stage(ExpectedImage expected) {
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
    try {
      return packs.begin(
          new PackStore.Begun(
              name(expected.id()),
              Upkeep.domain(expected.ownerUid()),
              directory,
              expected.writtenOnce(),
              packsOfParent(expected)));
    } catch (IOException e) {
      Trees.delete(directory);
      throw e;
    }
  }

  static String name(ImageId id) {
    return id.instance() + "." + id.generation();
  }

  @Override
  public Stored<Image.Published> publish(StagedImage staged, ImageMetadata metadata) {
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
      try (PackedImage packed = packing.finish(id.generation(), files)) {
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
    remove(staged);
    return new Stored.Ok<>(new Image.Published(manifest, claims.isClaimed(staged.id())));
  }

  private static void remove(StagedImage staged) throws IOException {
    if (staged.packing().isPresent()) {
      staged.packing().get().close();
    }
    Trees.delete(staged.directory());
  }

  private static <T> Stored<T> badContent(StagedImage staged, String reason) {
    return new Stored.Failed<>(new StoreFailure.BadContent(staged.directory().toString(), reason));
  }

  /** The last life's pages are the likeliest to come again. */
  private List<UUID> packsOfParent(ExpectedImage expected) throws IOException {
    if (expected.parent().isEmpty()) {
      return List.of();
    }
    try {
      Manifest parent =
          catalog.read(new ImageId(expected.id().instance(), expected.parent().get()));
      boolean same = parent.contents().domain().equals(Upkeep.domain(expected.ownerUid()));
      return same ? parent.contents().packs() : List.of();
    } catch (NoSuchFileException | MalformedManifestException e) {
      return List.of();
    }
  }

  @Override
  public Stored<StagedImage> discard(StagedImage staged) {
    try {
      remove(staged);
      return new Stored.Ok<>(staged);
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("discard " + staged.directory(), e));
    }
  }

  @Override
  public Fetched fetch(ImageId id) {
    try {
      StagedImage staged = new StagedImage(id, spool.create(id));
      VerifyResult result =
          check(
              id,
              entry ->
                  packs.unpack(
                      entry.manifest().contents().domain(),
                      id.generation(),
                      entry.table(),
                      staged.directory()));
      if (!(result instanceof VerifyResult.Verified)) {
        remove(staged);
      }
      return new Fetched(result, staged);
    } catch (IOException e) {
      return new Fetched(
          new VerifyResult.Unavailable(id, StoreFailure.of("fetch image " + id, e)),
          new StagedImage(id, Path.of("")));
    }
  }

  @Override
  public VerifyResult verify(ImageId id) {
    return check(
        id,
        entry ->
            packs.verify(entry.manifest().contents().domain(), id.generation(), entry.table()));
  }

  /** What is to be done with the pages of an image. */
  private interface Pages {
    void read(Catalog.Entry entry) throws IOException, CorruptPackException;
  }

  private VerifyResult check(ImageId id, Pages pages) {
    long start = System.nanoTime();
    try {
      Catalog.Entry entry = catalog.readAll(id);
      try {
        pages.read(entry);
      } catch (NoSuchFileException e) {
        return new VerifyResult.Corrupt(id, String.valueOf(e.getFile()), "is missing");
      } catch (CorruptPackException e) {
        return new VerifyResult.Corrupt(id, "its pages", String.valueOf(e.getMessage()));
      }
      return new VerifyResult.Verified(
          entry.manifest(), Duration.ofNanos(System.nanoTime() - start));
    } catch (MalformedManifestException e) {
      return new VerifyResult.Corrupt(id, Manifest.FILE_NAME, String.valueOf(e.getMessage()));
    } catch (NoSuchFileException e) {
      return new VerifyResult.Missing(id);
    } catch (IOException e) {
      return new VerifyResult.Unavailable(id, StoreFailure.of("read image " + id, e));
    }
  }

  @Override
  public Stored<ImageOffer> offer(ImageId id) {
    try {
      Catalog.Entry entry = catalog.readAll(id);
      return new Stored.Ok<>(
          new StoredOffer(
              entry, catalog.signed(id), packs.source(entry.manifest().contents().domain())));
    } catch (NoSuchFileException e) {
      return new Stored.Failed<>(new StoreFailure.Missing(id));
    } catch (MalformedManifestException e) {
      return new Stored.Failed<>(new StoreFailure.BadOffer(id, String.valueOf(e.getMessage())));
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("offer image " + id, e));
    }
  }

  @Override
  public Stored<Image.Published> take(ImageOffer offer, OptionalLong owner) {
    Stored<Manifest> taken = new ImageTaking(catalog, packs, upkeep).take(offer, owner);
    if (taken instanceof Stored.Failed<Manifest> failed) {
      return new Stored.Failed<>(failed.failure());
    }
    Manifest manifest = ((Stored.Ok<Manifest>) taken).value();
    try {
      return new Stored.Ok<>(new Image.Published(manifest, claims.isClaimed(manifest.id())));
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("take over image " + manifest.id(), e));
    }
  }

  @Override
  public Stored<Claim> claim(ImageId id, String claimant) {
    try {
      return catalog.exists(id)
          ? claims.claim(id, claimant)
          : new Stored.Failed<>(new StoreFailure.Missing(id));
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("claim image " + id, e));
    }
  }

  @Override
  public Stored<Optional<Claim>> claimOf(ImageId id) {
    return claims.find(id);
  }

  @Override
  public Stored<ImageId> release(ImageId id, String claimant) {
    return claims.release(id, claimant);
  }

  @Override
  public Image show(ImageId id) {
    try {
      return new Image.Published(catalog.read(id), claims.isClaimed(id));
    } catch (NoSuchFileException e) {
      return new Image.Missing(id);
    } catch (MalformedManifestException | IOException e) {
      return new Image.Unreadable(id, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Stored<List<Image>> list() {
    try {
      return new Stored.Ok<>(shown(catalog.list()));
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("list images", e));
    }
  }

  @Override
  public Stored<List<Image>> list(String instance) {
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
            .thenComparing(PackedImageStore::createdAt));
    return images;
  }

  private static Instant createdAt(Image image) {
    return image instanceof Image.Published published
        ? published.manifest().metadata().createdAt()
        : Instant.EPOCH;
  }

  @Override
  public Stored<ImageId> delete(ImageId id) {
    try {
      spool.removeAll(id);
      packs.giveUp(name(id));
      boolean there = catalog.delete(id);
      claims.remove(id);
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
      return new Stored.Ok<>(spool.sweep(limit) + blobs.sweep(limit));
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("sweep", e));
    }
  }

  @Override
  public Stored<Long> collect() {
    try {
      return new Stored.Ok<>(packs.collect(this::used, clock.instant()));
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("collect packs", e));
    }
  }

  @Override
  public Upkeep upkeep() {
    return upkeep;
  }

  @Override
  public void close() {
    try {
      blobs.close();
    } catch (IOException e) {
      LOG.warn("The store was not closed well: {}", e.toString());
    }
  }

  /** Fails when an image can't be read: what it uses is not known then. */
  private Set<PackName> used() throws IOException {
    Set<PackName> used = new HashSet<>();
    for (ImageId id : catalog.list()) {
      used.addAll(used(id));
    }
    return used;
  }

  private List<PackName> used(ImageId id) throws IOException {
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
