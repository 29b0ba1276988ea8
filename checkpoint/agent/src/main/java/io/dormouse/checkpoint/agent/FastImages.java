package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agent.FastCopy.Listing;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.StoreFailure;
import io.dormouse.checkpoint.images.Trees;
import io.dormouse.checkpoint.images.VerifyResult;
import io.dormouse.checkpoint.images.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of images on fast storage, bounded, from which instances wake before their pages are in.
 * Each is as it was read from the store, where all of it was authenticated; the image itself stays
 * there, so that a copy may go at any time but while an instance still takes pages from it. Safe
 * for use by several threads.
 */
final class FastImages {
  private static final Logger LOG = LoggerFactory.getLogger(FastImages.class);
  private static final String UNFINISHED = ".";

  private final Path root;
  private final long capacityBytes;

  private final FastShelf shelf;

  private FastImages(Path root, long capacityBytes) {
    this.root = root;
    this.capacityBytes = capacityBytes;
    this.shelf = new FastShelf(capacityBytes);
  }

  /** Opens what an earlier agent left; what it did not finish goes. */
  static Optional<FastImages> open(Optional<AgentConfig.FastStorage> config) throws IOException {
    if (config.isEmpty()) {
      return Optional.empty();
    }
    AgentConfig.FastStorage storage = config.get();
    Files.createDirectories(storage.directory());
    Path root = PrivateFiles.directory(storage.directory().resolve("images"));
    FastImages images = new FastImages(root, storage.capacityBytes());
    images.load();
    return Optional.of(images);
  }

  private void load() throws IOException {
    try (Stream<Path> entries = Files.list(root)) {
      for (Path entry : entries.sorted().toList()) {
        Optional<ImageId> id = id(entry.getFileName().toString());
        Optional<Listing> listing = id.isEmpty() ? Optional.empty() : FastCopy.listing(entry);
        if (id.isPresent() && listing.isPresent()) {
          shelf.add(id.get(), listing.get().bytes());
        } else {
          Trees.delete(entry);
        }
      }
    }
  }

  private static Optional<ImageId> id(String name) {
    int dot = name.lastIndexOf('.');
    try {
      return dot < 1
          ? Optional.empty()
          : Optional.of(
              new ImageId(name.substring(0, dot), UUID.fromString(name.substring(dot + 1))));
    } catch (IllegalArgumentException e) {
      // Nothing of ours has such a name.
      return Optional.empty();
    }
  }

  private Path place(ImageId id) {
    return root.resolve(id.instance() + "." + id.generation());
  }

  /**
   * Copies an image out of the store, unless it is here. An older copy of the instance is made into
   * the new one: most of it is the same.
   *
   * @param inUse of an instance's copies those that have to stay
   */
  AgentResult keep(ImageStore store, ImageId id, Predicate<ImageId> inUse) {
    if (!(store.show(id) instanceof Image.Published image)) {
      return Results.failed(new StoreFailure.Missing(id));
    }
    long bytes = image.manifest().contents().fileBytes();
    long usable;
    try {
      usable = Files.getFileStore(root).getUsableSpace();
    } catch (IOException e) {
      return failed("look at " + root, e);
    }
    FastShelf.Reservation reservation = shelf.reserve(id, bytes, usable, inUse);
    if (reservation instanceof FastShelf.Reserved reserved) {
      return fetchReserved(store, id, reserved.older());
    } else if (reservation instanceof FastShelf.Here here) {
      return kept(here.bytes());
    } else if (reservation instanceof FastShelf.Full full) {
      return full(id, bytes, full.freeBytes(), usable);
    }
    return Results.failed(
        FailureCode.WRONG_STATE,
        String.format("The image %s is being copied to fast storage.%nMaybe ask again.", id));
  }

  private AgentResult fetchReserved(ImageStore store, ImageId id, Optional<ImageId> older) {
    boolean kept = false;
    try {
      AgentResult result = fetch(store, id, older);
      kept = result.hasDone();
      return result;
    } finally {
      shelf.finished(id, kept);
    }
  }

  private AgentResult full(ImageId id, long bytes, long free, long usable) {
    return Results.failed(
        FailureCode.FAST_STORAGE_FULL,
        String.format(
            "The image %s (%d bytes) does not fit on the fast storage %s: %d of its %d bytes are free, and %d on its file system.%n"
                + "Maybe give it more, or keep fewer instances at this level.",
            id, bytes, root, Math.max(0, free), capacityBytes, usable));
  }

  private AgentResult fetch(ImageStore store, ImageId id, Optional<ImageId> older) {
    Path part = root.resolve(UNFINISHED + UUID.randomUUID());
    try {
      VerifyResult result = fetch(store, id, older, part);
      if (!(result instanceof VerifyResult.Verified verified)) {
        Trees.delete(part);
        return Results.failed(result);
      }
      FastCopy.seal(part);
      Files.move(part, place(id), StandardCopyOption.ATOMIC_MOVE);
      LOG.info(
          "image={} of={}: a copy is on fast storage after {} ms",
          id,
          older.map(image -> image.generation().toString()).orElse(""),
          verified.took().toMillis());
      return kept(verified.manifest().contents().fileBytes());
    } catch (IOException e) {
      delete(part);
      return failed("copy image " + id + " to fast storage", e);
    }
  }

  private VerifyResult fetch(ImageStore store, ImageId id, Optional<ImageId> older, Path part)
      throws IOException {
    if (older.isPresent()) {
      Files.move(place(older.get()), part, StandardCopyOption.ATOMIC_MOVE);
      Optional<String> wrong = FastCopy.whatIsWrong(part);
      FastCopy.unseal(part);
      if (wrong.isEmpty()
          && store.rebuild(older.get(), id, FastCopy.files(part))
              instanceof VerifyResult.Verified verified) {
        return verified;
      }
      LOG.info("image={}: no copy can be made of image {}", id, older.get().generation());
      Trees.delete(part);
    }
    return store.fetch(id, FastCopy.begin(part));
  }

  private static AgentResult kept(long bytes) {
    return Results.done(Done.newBuilder().setImageBytes(bytes));
  }

  private static AgentResult failed(String what, IOException e) {
    return Results.failed(
        FailureCode.STORE_FAILED,
        String.format("Could not %s: %s%nMaybe the disk is full or failing.", what, e));
  }

  /**
   * The files of a copy that is as it was written; one that is not goes. It stays until it is given
   * back, by whoever asked.
   */
  Optional<Path> find(ImageId id) {
    if (!shelf.take(id)) {
      return Optional.empty();
    }
    Path place = place(id);
    Optional<String> wrong = FastCopy.whatIsWrong(place);
    if (wrong.isEmpty()) {
      return Optional.of(FastCopy.files(place));
    }
    LOG.error("image={}: its copy on fast storage is not used: {}", id, wrong.get());
    giveBack(id);
    drop(id);
    return Optional.empty();
  }

  /** A copy that was found may go again. */
  void giveBack(ImageId id) {
    shelf.giveBack(id);
  }

  /**
   * Gives the space of a copy back; fine if there is none. One that is being written goes with the
   * next {@link #sweep} after its image.
   */
  void drop(ImageId id) {
    if (!shelf.take(id)) {
      return;
    }
    if (delete(place(id))) {
      shelf.remove(id);
    } else {
      shelf.giveBack(id);
    }
  }

  private static boolean delete(Path place) {
    try {
      Trees.delete(place);
      return true;
    } catch (IOException e) {
      LOG.warn("{} can't be removed yet: {}", place, e.toString());
      return false;
    }
  }

  /** Drops the copies of images that are no longer in the store, unless they are in use. */
  void sweep(ImageStore store, Predicate<ImageId> inUse) {
    for (ImageId id : ids()) {
      if (!inUse.test(id) && store.show(id) instanceof Image.Missing) {
        drop(id);
      }
    }
  }

  List<ImageId> ids() {
    return shelf.ids();
  }

  /** What copies take, and what is promised to those being written. */
  long used() {
    return shelf.used();
  }
}
