package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.blobs.DirectoryBlobs;
import io.dormouse.checkpoint.images.keys.KeyException;
import io.dormouse.checkpoint.images.keys.StoreKeys;
import io.dormouse.checkpoint.images.packs.PackStore;
import io.dormouse.checkpoint.images.remote.RemoteStore;
import io.dormouse.checkpoint.images.upkeep.StoreRules;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;

/** Opens stores. What a store elsewhere needs is loaded for none that is local. */
final class StoreOpening {
  private final StoreLocation location;
  private final StoreRules rules;
  private final InstantSource clock;

  StoreOpening(StoreLocation location, StoreRules rules, InstantSource clock) {
    this.location = location;
    this.rules = rules;
    this.clock = clock;
  }

  /** Makes the store where it is missing. */
  Stored<ImageStore> open() {
    return open(true);
  }

  /** Fails where it is missing. */
  Stored<ImageStore> openExisting() {
    return open(false);
  }

  private Stored<ImageStore> open(boolean create) {
    if (StoreAddress.parse(location.uri().toString()) instanceof Stored.Failed<URI> bad) {
      return new Stored.Failed<>(bad.failure());
    }
    try {
      return location.isLocal() ? openLocal(create) : openRemote(create);
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("open " + location.uri(), e));
    }
  }

  private Stored<ImageStore> openLocal(boolean create) throws IOException {
    Path root = Path.of(location.uri().getPath());
    if (!create && !Files.isDirectory(root)) {
      return none();
    }
    Blobs blobs = new DirectoryBlobs(root);
    return store(blobs, localKeys(blobs, root.resolve("keys")));
  }

  /** Beside the blobs they can't be any other store's, so nothing needs to say whose they are. */
  private StoreKeys localKeys(Blobs blobs, Path beside) throws IOException {
    KeyMark mark = new KeyMark(blobs);
    boolean usual = location.keys().toAbsolutePath().equals(beside.toAbsolutePath());
    if (!mark.isThere() && (usual || StoreKeys.areIn(beside))) {
      if (!usual) {
        throw new KeyException(
            "Its keys are in %s, not in %s.%nMaybe leave out --keys, or move them there."
                .formatted(beside, location.keys()));
      }
      return StoreKeys.in(beside);
    }
    return mark.keysIn(location.keys());
  }

  private Stored<ImageStore> openRemote(boolean create) throws IOException {
    Blobs blobs =
        RemoteStore.open(
            location.uri(),
            location.hadoopConfiguration(),
            location.spool().resolveSibling("parts"));
    try {
      KeyMark mark = new KeyMark(blobs);
      if (!create && !mark.isThere()) {
        blobs.close();
        return none();
      }
      return store(blobs, mark.keysIn(location.keys()));
    } catch (IOException | RuntimeException e) {
      blobs.close();
      throw e;
    }
  }

  private Stored<ImageStore> store(Blobs blobs, StoreKeys keys) throws IOException {
    return new Stored.Ok<>(
        new PackedImageStore(
            blobs,
            new Spool(location.spool()),
            keys,
            new PackedImageStore.Held(PackStore.Limits.usual(), rules),
            clock));
  }

  private Stored<ImageStore> none() {
    return new Stored.Failed<>(new StoreFailure.NoStore(location.uri().toString()));
  }
}
