package io.dormouse.checkpoint.agent.transfer;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import io.dormouse.checkpoint.agentapi.transfer.ImageKey;
import io.dormouse.checkpoint.images.Claim;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageOffer;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.StoreFailure;
import io.dormouse.checkpoint.images.Stored;
import io.grpc.Status;
import io.grpc.StatusException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** The images that others take from this store just now. Thread-safe. */
final class Offers {
  private static final int KEPT_MAX = 4;
  private static final Duration KEPT = Duration.ofMinutes(1);

  private final ImageStore store;
  private final Cache<ImageId, Known> recent =
      CacheBuilder.newBuilder().maximumSize(KEPT_MAX).expireAfterAccess(KEPT).build();

  private record Known(ImageOffer offer, long ownerUid) {}

  Offers(ImageStore store) {
    this.store = store;
  }

  /**
   * Finds an image that was handed over to the caller, and is of the owner whom it takes it for.
   *
   * @param caller its node
   * @throws StatusException if there is none for it
   */
  ImageOffer find(ImageKey key, String caller) throws StatusException {
    ImageId id = id(key);
    Optional<Claim> claim = value(store.claimOf(id));
    if (claim.filter(held -> HandOver.isTo(caller, held)).isEmpty()) {
      recent.invalidate(id);
      throw refusal(
          "The image %s was not handed over to node %s.%nMaybe it was taken back, or is gone."
              .formatted(id, caller));
    }
    Known known = recent.getIfPresent(id);
    if (known == null) {
      known = read(id);
      recent.put(id, known);
    }
    if (known.ownerUid != key.getOwnerUid()) {
      throw refusal(new StoreFailure.NotTheOwners(id, key.getOwnerUid()).message());
    }
    return known.offer;
  }

  private Known read(ImageId id) throws StatusException {
    ImageOffer offer = value(store.offer(id));
    if (store.show(id) instanceof Image.Published image) {
      return new Known(offer, image.manifest().metadata().ownerUid());
    }
    throw status(new StoreFailure.Missing(id)).asException();
  }

  private static <T> T value(Stored<T> stored) throws StatusException {
    if (stored instanceof Stored.Ok<T> ok) {
      return ok.value();
    }
    throw status(((Stored.Failed<T>) stored).failure()).asException();
  }

  private static ImageId id(ImageKey key) throws StatusException {
    UUID generation = uuid(key.getGeneration());
    if (!ImageId.isValidName(key.getInstance())) {
      throw Status.INVALID_ARGUMENT.withDescription("The instance must be a name.").asException();
    }
    return new ImageId(key.getInstance(), generation);
  }

  static UUID uuid(String text) throws StatusException {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw Status.INVALID_ARGUMENT.withDescription("It must be a UUID.").asException();
    }
  }

  private static StatusException refusal(String why) {
    return Status.PERMISSION_DENIED.withDescription(why).asException();
  }

  private static Status status(StoreFailure failure) {
    Status status = Status.UNAVAILABLE;
    if (failure instanceof StoreFailure.Missing) {
      status = Status.NOT_FOUND;
    } else if (failure instanceof StoreFailure.BadOffer) {
      status = Status.DATA_LOSS;
    }
    return status.withDescription(failure.message());
  }

  /** What is gone was deleted meanwhile; what can't be read now may be later. */
  static Status status(IOException error) {
    Status status = error instanceof NoSuchFileException ? Status.NOT_FOUND : Status.UNAVAILABLE;
    return status.withDescription(error.toString());
  }
}
