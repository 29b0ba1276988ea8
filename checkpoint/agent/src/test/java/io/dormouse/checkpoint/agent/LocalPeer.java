package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agent.transfer.PeerImage;
import io.dormouse.checkpoint.images.Claim;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageOffer;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.OfferException;
import io.dormouse.checkpoint.images.StoreFailure;
import io.dormouse.checkpoint.images.Stored;
import io.dormouse.checkpoint.images.packs.CorruptPackException;
import io.dormouse.checkpoint.images.packs.PackSource;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/** Another agent's store as it is given to a node, without a network; each call may break off. */
final class LocalPeer implements PeerImage, PackSource {
  private final ImageId id;
  private final String caller;
  private final ImageStore store;
  private final BooleanSupplier breaks;
  private long bytes;

  LocalPeer(ImageId id, String caller, ImageStore store, BooleanSupplier breaks) {
    this.id = id;
    this.caller = caller;
    this.store = store;
    this.breaks = breaks;
  }

  private ImageOffer offer() throws OfferException {
    if (breaks.getAsBoolean()) {
      throw new OfferException(new StoreFailure.PeerUnreachable(id, "cut", false));
    }
    Optional<Claim> claim = value(store.claimOf(id));
    if (!claim.map(Claim::claimant).equals(Optional.of("moved to " + caller))) {
      throw new OfferException(new StoreFailure.Refused(id, "it was not handed over"));
    }
    return value(store.offer(id));
  }

  private static <T> T value(Stored<T> stored) throws OfferException {
    if (stored instanceof Stored.Ok<T> ok) {
      return ok.value();
    }
    throw new OfferException(((Stored.Failed<T>) stored).failure());
  }

  @Override
  public ImageId id() {
    return id;
  }

  @Override
  public byte[] manifest() throws IOException {
    return offer().manifest();
  }

  @Override
  public byte[] table(int bytesMax) throws IOException {
    return offer().table(bytesMax);
  }

  @Override
  public PackSource packs() {
    return this;
  }

  @Override
  public long length(UUID pack) throws IOException {
    return offer().packs().length(pack);
  }

  @Override
  public void read(UUID pack, List<Range> ranges, Sink sink)
      throws IOException, CorruptPackException {
    ImageOffer offer = offer();
    offer
        .packs()
        .read(
            pack,
            ranges,
            (some, offset, length) -> {
              bytes += length;
              sink.take(some, offset, length);
              if (breaks.getAsBoolean()) {
                throw new OfferException(new StoreFailure.PeerUnreachable(id, "cut", false));
              }
            });
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public void cancel(String why) {
    throw new AssertionError("a pull here ends before anything else begins");
  }

  @Override
  public void close() {}
}
