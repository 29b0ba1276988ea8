package io.dormouse.checkpoint.agent.transfer;

import io.dormouse.checkpoint.agentapi.transfer.Description;
import io.dormouse.checkpoint.agentapi.transfer.ImageKey;
import io.dormouse.checkpoint.agentapi.transfer.ImageTransferGrpc;
import io.dormouse.checkpoint.agentapi.transfer.PackKey;
import io.dormouse.checkpoint.agentapi.transfer.PackLength;
import io.dormouse.checkpoint.agentapi.transfer.Piece;
import io.dormouse.checkpoint.agentapi.transfer.ReadRequest;
import io.dormouse.checkpoint.images.ImageOffer;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.packs.PackSource;
import io.dormouse.checkpoint.pki.CallerGuard;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets other agents of the cell take images from this node's store that were handed over to them.
 * Only reads.
 */
public final class TransferDesk extends ImageTransferGrpc.ImageTransferImplBase {
  private static final int STREAMS_MAX = 16;
  private static final int ANSWERS_MAX = 64;
  private static final int RANGES_MAX = 65_536;
  private static final long DEADLINE_MINUTES_MAX = 60;

  private final Executor readers;
  private final Offers offers;
  private final Semaphore streams = new Semaphore(STREAMS_MAX);
  private final Semaphore answers = new Semaphore(ANSWERS_MAX);

  /** {@code readers}: threads that wait for the disk. */
  public TransferDesk(ImageStore store, Executor readers) {
    this.readers = readers;
    this.offers = new Offers(store);
  }

  @Override
  public void describe(ImageKey key, StreamObserver<Description> reply) {
    String caller = caller();
    stream(
        reply,
        () -> {
          ImageOffer offer = offers.find(key, caller);
          return new DescriptionPieces(offer.manifest(), offer.table(Integer.MAX_VALUE));
        });
  }

  @Override
  public void measure(PackKey key, StreamObserver<PackLength> reply) {
    String caller = caller();
    answer(
        reply,
        () -> {
          long bytes = offers.find(key.getImage(), caller).packs().length(pack(key));
          return PackLength.newBuilder().setBytes(bytes).build();
        });
  }

  @Override
  public void read(ReadRequest request, StreamObserver<Piece> reply) {
    String caller = caller();
    stream(
        reply,
        () -> {
          if (request.getRangesCount() > RANGES_MAX) {
            throw invalid("At most %d ranges can be read at once.".formatted(RANGES_MAX));
          }
          PackSource packs = offers.find(request.getPack().getImage(), caller).packs();
          return new PackPieces(packs, pack(request.getPack()), ranges(request));
        });
  }

  /** The node whose agent calls. */
  private static String caller() {
    return CallerGuard.CALLER.get().node();
  }

  private static UUID pack(PackKey key) throws StatusException {
    return Offers.uuid(key.getPack());
  }

  private static List<PackSource.Range> ranges(ReadRequest request) throws StatusException {
    try {
      return request.getRangesList().stream()
          .map(range -> new PackSource.Range(range.getPosition(), range.getBytes()))
          .toList();
    } catch (IllegalArgumentException e) {
      throw invalid(String.valueOf(e.getMessage()));
    }
  }

  private static StatusException invalid(String why) {
    return Status.INVALID_ARGUMENT.withDescription(why).asException();
  }

  /** What may fail with a status of its own. */
  private interface Work<T> {
    T get() throws IOException, StatusException;
  }

  private <T> void answer(StreamObserver<T> reply, Work<T> work) {
    if (tooMany(answers, reply)) {
      return;
    }
    readers.execute(
        Context.current()
            .wrap(
                () -> {
                  try {
                    checkDeadline();
                    T answer = work.get();
                    reply.onNext(answer);
                    reply.onCompleted();
                  } catch (StatusException e) {
                    reply.onError(e);
                  } catch (IOException e) {
                    reply.onError(Offers.status(e).asException());
                  } catch (RuntimeException e) {
                    reply.onError(Status.INTERNAL.withDescription(e.toString()).asException());
                  } finally {
                    answers.release();
                  }
                }));
  }

  private <T> void stream(StreamObserver<T> reply, Work<PieceStream.Pieces<T>> work) {
    if (tooMany(streams, reply)) {
      return;
    }
    Context call = Context.current();
    PieceStream.send(
        (ServerCallStreamObserver<T>) reply,
        new Opened<>(
            () -> {
              checkDeadline(call);
              return work.get();
            },
            streams),
        readers,
        Offers::status);
  }

  private static boolean tooMany(Semaphore permits, StreamObserver<?> reply) {
    if (permits.tryAcquire()) {
      return false;
    }
    reply.onError(
        Status.RESOURCE_EXHAUSTED
            .withDescription("Too many images are being read here.\nMaybe try again.")
            .asException());
    return true;
  }

  /** A taker that stands still must not hold what it reads for ever. */
  private static void checkDeadline() throws StatusException {
    checkDeadline(Context.current());
  }

  private static void checkDeadline(Context call) throws StatusException {
    Deadline deadline = call.getDeadline();
    if (deadline == null || deadline.timeRemaining(TimeUnit.MINUTES) > DEADLINE_MINUTES_MAX) {
      throw invalid("A transfer must have a deadline of at most an hour.");
    }
  }

  /** Opens what is sent when the first of it is wanted; gives its permit back when it ends. */
  private static final class Opened<T> implements PieceStream.Pieces<T> {
    private final Work<PieceStream.Pieces<T>> work;
    private final Semaphore permits;
    private PieceStream.@Nullable Pieces<T> pieces;

    Opened(Work<PieceStream.Pieces<T>> work, Semaphore permits) {
      this.work = work;
      this.permits = permits;
    }

    @Override
    public @Nullable T next() throws IOException, StatusException {
      PieceStream.Pieces<T> opened = pieces;
      if (opened == null) {
        opened = work.get();
        pieces = opened;
      }
      return opened.next();
    }

    @Override
    public void close() {
      permits.release();
      if (pieces != null) {
        pieces.close();
      }
    }
  }
}
