package io.dormouse.checkpoint.agent.transfer;

import com.google.common.base.Throwables;
import io.dormouse.checkpoint.agentapi.transfer.ImageTransferGrpc;
import io.dormouse.checkpoint.agentapi.transfer.ImageTransferGrpc.ImageTransferBlockingStub;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.OfferException;
import io.dormouse.checkpoint.images.StoreFailure;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls to another agent, made again while they break off, up to a number of breaks between which
 * nothing came, and a deadline for all. {@link #cancel} may be called by any thread.
 */
final class PeerCalls implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerCalls.class);

  /**
   * How patient they are.
   *
   * @param deadline for all calls together
   * @param triesMax without anything coming
   * @param pauseFirst before the second try; doubles
   * @param pauseMax the longest
   */
  record Patience(Duration deadline, int triesMax, Duration pauseFirst, Duration pauseMax) {
    static Patience until(Duration deadline) {
      return new Patience(deadline, 8, Duration.ofMillis(100), Duration.ofSeconds(5));
    }
  }

  /** A call. */
  interface Call<T> {
    /** What it answers; its failures by status are dealt with. */
    T make(ImageTransferBlockingStub peer) throws IOException;
  }

  private final ImageId id;
  private final String node;
  private final ManagedChannel channel;
  private final Patience patience;
  private final long endNanos;
  private final CountDownLatch cancelled = new CountDownLatch(1);
  private final Context.CancellableContext context = Context.ROOT.withCancellation();
  private long bytes;

  PeerCalls(ImageId id, String node, ManagedChannel channel, Patience patience) {
    this.id = id;
    this.node = node;
    this.channel = channel;
    this.patience = patience;
    this.endNanos = System.nanoTime() + patience.deadline().toNanos();
  }

  /** Ends the call under way, and all to come. */
  void cancel(String why) {
    cancelled.countDown();
    context.cancel(new IOException(why));
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  void count(long some) {
    bytes += some;
  }

  /** How many bytes came. */
  long bytes() {
    return bytes;
  }

  /**
   * Calls until there is an answer.
   *
   * @throws OfferException when there won't be one; says why
   */
  <T> T untilItWorks(Call<T> call) throws IOException {
    int tries = 0;
    long before = bytes;
    while (true) {
      try {
        return once(call);
      } catch (StatusRuntimeException e) {
        tries = bytes > before ? 1 : tries + 1;
        before = bytes;
        giveUpOrPause(e.getStatus(), tries);
      }
    }
  }

  private <T> T once(Call<T> call) throws IOException {
    // Ends what the caller leaves unread.
    Context.CancellableContext one = context.withCancellation();
    Context previous = one.attach();
    try {
      return call.make(
          ImageTransferGrpc.newBlockingStub(channel)
              .withDeadlineAfter(endNanos - System.nanoTime(), TimeUnit.NANOSECONDS));
    } finally {
      one.detach(previous);
      one.cancel(null);
    }
  }

  private void giveUpOrPause(Status status, int tries) throws OfferException {
    switch (status.getCode()) {
      case NOT_FOUND -> throw new OfferException(new StoreFailure.Missing(id));
      case DATA_LOSS -> throw new OfferException(new StoreFailure.BadOffer(id, why(status)));
      case PERMISSION_DENIED, UNAUTHENTICATED, INVALID_ARGUMENT, UNIMPLEMENTED ->
          throw refused(status);
      case DEADLINE_EXCEEDED -> throw unreachable(status, true);
      default -> {
        if (isOfAnother(status)) {
          throw refused(status);
        }
        if (tries >= patience.triesMax() || isCancelled(pause(tries))) {
          throw unreachable(status, false);
        }
        LOG.info("image={} from={} try={}: broke off: {}", id, node, tries, why(status));
      }
    }
  }

  private boolean isCancelled(Duration pause) {
    try {
      return cancelled.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private Duration pause(int tries) {
    Duration pause = patience.pauseFirst().multipliedBy(1L << Math.min(tries - 1, 20));
    return pause.compareTo(patience.pauseMax()) < 0 ? pause : patience.pauseMax();
  }

  /** Whether who listens there does not have the certificate of that node's agent. */
  private static boolean isOfAnother(Status status) {
    return status.getCause() != null
        && Throwables.getCausalChain(status.getCause()).stream()
            .anyMatch(CertificateException.class::isInstance);
  }

  private OfferException refused(Status status) {
    return new OfferException(
        new StoreFailure.Refused(id, "node %s: %s".formatted(node, why(status))));
  }

  private OfferException unreachable(Status status, boolean timedOut) {
    return new OfferException(
        new StoreFailure.PeerUnreachable(id, "node %s: %s".formatted(node, why(status)), timedOut));
  }

  private static String why(Status status) {
    String cause = status.getCause() == null ? "" : " (" + status.getCause() + ")";
    return status.getDescription() == null
        ? status.getCode() + cause
        : status.getDescription() + cause;
  }
}
