package io.dormouse.checkpoint.agent.transfer;

import io.dormouse.checkpoint.images.Claim;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.OfferException;
import io.dormouse.checkpoint.images.StoreFailure;
import io.dormouse.checkpoint.images.Stored;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes images over from other agents' stores, each once at a time. Thread-safe. */
public final class Pulls {
  private static final Logger LOG = LoggerFactory.getLogger(Pulls.class);

  private final String node;
  private final ImageStore store;
  private final Peers peers;
  private final ExecutorService threads;
  private final Map<ImageId, Pull> underWay = new ConcurrentHashMap<>();

  /**
   * An image that is wanted.
   *
   * @param ownerUid whose it must be
   * @param deadline for all of it
   */
  public record Wanted(ImageId id, long ownerUid, PeerAddress from, Duration deadline) {}

  /**
   * An image that is here now.
   *
   * @param bytes what came for it
   */
  public record Pulled(Image.Published image, long bytes) {}

  private record Pull(PeerImage peer, CompletableFuture<Stored<Pulled>> result) {}

  /**
   * For one node.
   *
   * @param node this one
   * @param threads as many pulls run at once; it bounds how many wait, too
   */
  public Pulls(String node, ImageStore store, Peers peers, ExecutorService threads) {
    this.node = node;
    this.store = store;
    this.peers = peers;
    this.threads = threads;
  }

  /**
   * Takes an image over that was handed over to this node, unless it is here. Completes normally
   * only. Asked again meanwhile, it is the same pull.
   */
  public CompletableFuture<Stored<Pulled>> pull(Wanted wanted) {
    PeerImage peer;
    try {
      peer = peers.open(wanted);
    } catch (IOException e) {
      return CompletableFuture.completedFuture(failed(wanted, e.toString()));
    }
    Pull fresh = new Pull(peer, new CompletableFuture<>());
    Pull first = underWay.putIfAbsent(wanted.id(), fresh);
    if (first != null) {
      peer.close();
      return first.result();
    }
    try {
      threads.execute(() -> run(wanted, fresh));
    } catch (RejectedExecutionException e) {
      end(wanted, fresh, failed(wanted, "too many images are taken over at once"));
    }
    return fresh.result();
  }

  private void run(Wanted wanted, Pull pull) {
    Stored<Pulled> result = failed(wanted, "the agent failed; see its log");
    try {
      result = take(wanted, pull.peer());
    } catch (RuntimeException e) {
      LOG.error("image={} from={}: the pull failed", wanted.id(), wanted.from().node(), e);
    } finally {
      end(wanted, pull, result);
    }
  }

  private void end(Wanted wanted, Pull pull, Stored<Pulled> result) {
    pull.peer().close();
    underWay.remove(wanted.id(), pull);
    pull.result().complete(result);
  }

  private Stored<Pulled> take(Wanted wanted, PeerImage offer) {
    long start = System.nanoTime();
    Stored<Image.Published> taken =
        store.show(wanted.id()) instanceof Image.Published here
            ? isHere(wanted, here, offer)
            : store.take(offer, OptionalLong.of(wanted.ownerUid()));
    double seconds = (System.nanoTime() - start) / 1e9;
    if (taken instanceof Stored.Failed<Image.Published> failed) {
      LOG.warn(
          "image={} from={} bytes={} seconds={}: not taken over. {}",
          wanted.id(),
          wanted.from().node(),
          offer.bytes(),
          seconds,
          failed.failure().message());
      return new Stored.Failed<>(failed.failure());
    }
    Image.Published image = ((Stored.Ok<Image.Published>) taken).value();
    LOG.info(
        "image={} from={} bytes={} of={} seconds={}: taken over",
        wanted.id(),
        wanted.from().node(),
        offer.bytes(),
        image.manifest().storedBytes(),
        seconds);
    return new Stored.Ok<>(new Pulled(image, offer.bytes()));
  }

  private Stored<Image.Published> isHere(Wanted wanted, Image.Published here, PeerImage offer) {
    if (here.manifest().metadata().ownerUid() != wanted.ownerUid()) {
      return new Stored.Failed<>(new StoreFailure.NotTheOwners(wanted.id(), wanted.ownerUid()));
    }
    Stored<Optional<Claim>> claim = store.claimOf(wanted.id());
    if (claim instanceof Stored.Failed<Optional<Claim>> failed) {
      return new Stored.Failed<>(failed.failure());
    }
    Optional<Claim> held = ((Stored.Ok<Optional<Claim>>) claim).value();
    if (held.isEmpty()) {
      return new Stored.Ok<>(here);
    }
    if (HandOver.isTo(node, held.get())) {
      // The two agents have one store.
      return unclaimed(here, HandOver.undo(node, store, wanted.id()));
    }
    return HandOver.isTo(wanted.from().node(), held.get())
        ? comesBack(wanted, here, offer)
        : new Stored.Failed<>(new StoreFailure.Claimed(wanted.id(), held.get().claimant()));
  }

  /** It went from here to that node before: only the right to wake it comes. */
  private Stored<Image.Published> comesBack(Wanted wanted, Image.Published here, PeerImage offer) {
    try {
      // Nobody may read that but the node that it was handed over to.
      byte[] unused = offer.manifest();
    } catch (OfferException e) {
      return new Stored.Failed<>(e.failure());
    } catch (IOException e) {
      return new Stored.Failed<>(
          new StoreFailure.PeerUnreachable(wanted.id(), e.toString(), false));
    }
    return unclaimed(here, HandOver.undo(wanted.from().node(), store, wanted.id()));
  }

  private static Stored<Image.Published> unclaimed(Image.Published here, Stored<ImageId> released) {
    return released instanceof Stored.Failed<ImageId> failed
        ? new Stored.Failed<>(failed.failure())
        : new Stored.Ok<>(new Image.Published(here.manifest(), false));
  }

  private static Stored<Pulled> failed(Wanted wanted, String why) {
    return new Stored.Failed<>(new StoreFailure.PeerUnreachable(wanted.id(), why, false));
  }

  /** Ends the pull of an image; completes when nothing of it is under way any more. */
  public CompletableFuture<?> cancel(ImageId id) {
    Pull pull = underWay.get(id);
    if (pull == null) {
      return CompletableFuture.completedFuture(null);
    }
    pull.peer().cancel("It is not wanted any more.");
    return pull.result();
  }

  /** Ends all; what came whole is not read again by the next. */
  public void close() {
    underWay.values().forEach(pull -> pull.peer().cancel("The agent is shutting down."));
    threads.shutdown();
  }
}
