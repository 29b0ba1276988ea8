package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.blobs.StoreAccessException;
import io.dormouse.checkpoint.images.keys.KeyException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.stream.Collectors;

/** Why the store could not do what was asked; the store is as it was before. */
public sealed interface StoreFailure {
  String message();

  /** No space left, or no quota of the disk itself. */
  record DiskFull(String what) implements StoreFailure {
    @Override
    public String message() {
      return "There is no space left to write %s.%nMaybe delete old images, or put the store on a larger disk."
          .formatted(what);
    }
  }

  /** The owner's images take all that he may store; whatever was to be dumped runs on. */
  record QuotaExceeded(long ownerUid, long usedBytes, long moreBytes, long quotaBytes)
      implements StoreFailure {
    @Override
    public String message() {
      return "The images of uid %d take %d bytes, and %d more would be above his quota (%d bytes).%nMaybe delete old images of his, keep fewer generations, or raise the quota."
          .formatted(ownerUid, usedBytes, moreBytes, quotaBytes);
    }
  }

  /** An image of that name is there already; images are written once. */
  record AlreadyPublished(ImageId id) implements StoreFailure {
    @Override
    public String message() {
      return "The image %s is in the store already.%nMaybe the dump was asked for twice; give each life its own generation."
          .formatted(id);
    }
  }

  /** Something in the staged directory cannot be in an image, or did not read back as written. */
  record BadContent(String file, String reason) implements StoreFailure {
    @Override
    public String message() {
      return "The staged image cannot be published: %s: %s%nMaybe something else writes to it, or the disk is failing; dump again."
          .formatted(file, reason);
    }
  }

  /** The image is claimed by somebody else, so it cannot be deleted or woken a second time. */
  record Claimed(ImageId id, String claimant) implements StoreFailure {
    @Override
    public String message() {
      return "The image %s was claimed by %s.%nMaybe it is being woken, or was woken already; an image is woken once."
          .formatted(id, claimant);
    }
  }

  /** There is no such image. */
  record Missing(ImageId id) implements StoreFailure {
    @Override
    public String message() {
      return "There is no image %s in the store.%nMaybe it was deleted; list the store's images."
          .formatted(id);
    }
  }

  /** What was given as a store's address is none. */
  record BadAddress(String reason, String hint) implements StoreFailure {
    @Override
    public String message() {
      return "%s%n%s".formatted(reason, hint);
    }
  }

  /** There is no store, and none was to be made. */
  record NoStore(String uri) implements StoreFailure {
    @Override
    public String message() {
      return "There is no image store %s.%nMaybe it is another one: name it with --store."
          .formatted(uri);
    }
  }

  /** The keys that are here are not the store's. */
  record WrongKeys(String what, String reason) implements StoreFailure {
    @Override
    public String message() {
      String hint =
          reason.contains("Maybe ") ? "" : "%nMaybe they are another store's.".formatted();
      return "The store could not %s: %s%s".formatted(what, reason, hint);
    }
  }

  /** Somebody wakes or writes images that were to be erased. */
  record InUse(long ownerUid, List<ImageId> claimed, List<String> written) implements StoreFailure {
    private static final int NAMED_MAX = 5;

    /** Copies the lists. */
    public InUse {
      claimed = List.copyOf(claimed);
      written = List.copyOf(written);
    }

    @Override
    public String message() {
      return "Images of uid %d are in use: claimed (%d)%s, being written (%d)%s.%nMaybe wait until they are woken and deleted, or say --force: who wakes one may fail, whose image is not whole yet runs on."
          .formatted(ownerUid, claimed.size(), named(claimed), written.size(), named(written));
    }

    private static String named(List<?> images) {
      return images.stream()
          .limit(NAMED_MAX)
          .map(image -> " " + image)
          .collect(Collectors.joining(","));
    }
  }

  /** The store's server gave no answer within the time limits. */
  record Unreachable(String what, String reason) implements StoreFailure {
    @Override
    public String message() {
      return "The store could not %s, as it is out of reach: %s%nMaybe its server is down, or the address is wrong; what was stored is not touched by it."
          .formatted(what, reason);
    }
  }

  /** The store's server does not let us. */
  record Denied(String what, String reason) implements StoreFailure {
    @Override
    public String message() {
      return "The store could not %s, as it was denied: %s%nMaybe no credentials were found, or they lack a permission: docs/stores.md names them all."
          .formatted(what, reason);
    }
  }

  /** The store's server can't keep what a store promises. */
  record Unsuitable(String what, String reason) implements StoreFailure {
    @Override
    public String message() {
      return "The store could not %s, as its server can't hold images: %s%nMaybe use one whose S3 honours the header If-None-Match when it writes; without, two writers could both think they won."
          .formatted(what, reason);
    }
  }

  /** What another store offers as this image is not what anybody trusted has made. */
  record BadOffer(ImageId id, String reason) implements StoreFailure {
    @Override
    public String message() {
      return "The image %s is not taken over: %s%nMaybe its store is damaged, or of another site; verify it there."
          .formatted(id, reason);
    }
  }

  /** The image was sealed under keys that this store does not have. */
  record OtherKeys(ImageId id, String reason) implements StoreFailure {
    @Override
    public String message() {
      return "The image %s can't be opened with the keys of this store: %s%nMaybe give both stores one key directory."
          .formatted(id, reason);
    }
  }

  /** The image is another owner's than the one it was asked for. */
  record NotTheOwners(ImageId id, long ownerUid) implements StoreFailure {
    @Override
    public String message() {
      return "The image %s must be of the user with uid %d.%nMaybe the instance was given another owner since it was dumped."
          .formatted(id, ownerUid);
    }
  }

  /** Who offers the image refuses to give it to this node. */
  record Refused(ImageId id, String reason) implements StoreFailure {
    @Override
    public String message() {
      return "The image %s is not given to this node: %s%nMaybe see the certificates of the two agents, and their versions."
          .formatted(id, reason);
    }
  }

  /** The other store can't be reached, or not long enough. */
  record PeerUnreachable(ImageId id, String reason, boolean timedOut) implements StoreFailure {
    @Override
    public String message() {
      return "The image %s can't be taken over: %s%nMaybe the other node or the network is down; try again, it goes on where it broke."
          .formatted(id, reason);
    }
  }

  /** Any other trouble with the disk. */
  record Io(String what, String reason) implements StoreFailure {
    @Override
    public String message() {
      return "The store could not %s: %s%nMaybe the store's directory is not writable for this user, or its disk is failing."
          .formatted(what, reason);
    }
  }

  /** Sorts an I/O error; {@code what} is an infinitive phrase such as "publish image x". */
  static StoreFailure of(String what, IOException error) {
    if (error instanceof KeyException keys) {
      return new WrongKeys(what, String.valueOf(keys.getMessage()));
    }
    return error instanceof StoreAccessException access ? of(what, access) : ofDisk(what, error);
  }

  private static StoreFailure of(String what, StoreAccessException error) {
    String reason = String.valueOf(error.getMessage());
    return switch (error.kind()) {
      case UNREACHABLE -> new Unreachable(what, reason);
      case DENIED -> new Denied(what, reason);
      case UNSUITABLE -> new Unsuitable(what, reason);
      case FULL -> new DiskFull(what);
    };
  }

  private static StoreFailure ofDisk(String what, IOException error) {
    String reason =
        error instanceof FileSystemException f && f.getReason() != null
            ? f.getReason()
            : error.getMessage();
    if (reason != null && (reason.contains("No space left") || reason.contains("quota exceeded"))) {
      return new DiskFull(
          error instanceof FileSystemException f && f.getFile() != null ? f.getFile() : what);
    }
    String detail =
        error instanceof AccessDeniedException
            ? "permission denied: " + error.getMessage()
            : String.valueOf(error);
    return new Io(what, detail);
  }
}
