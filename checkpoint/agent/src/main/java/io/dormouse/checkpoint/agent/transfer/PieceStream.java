package io.dormouse.checkpoint.agent.transfer;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends as fast as the other end takes: the next piece is only read when the connection is ready
 * for it, so that a slow taker costs one piece of memory.
 */
final class PieceStream<T> {
  /** What is sent, one after the other; closed once, whatever comes. */
  interface Pieces<T> extends AutoCloseable {
    /** The next, or null after the last. */
    @Nullable T next() throws IOException, StatusException;

    @Override
    void close();
  }

  private final ServerCallStreamObserver<T> out;
  private final Pieces<T> pieces;
  private final Executor readers;
  private final Function<IOException, Status> status;
  private final AtomicInteger wanted = new AtomicInteger();
  private boolean over;

  private PieceStream(
      ServerCallStreamObserver<T> out,
      Pieces<T> pieces,
      Executor readers,
      Function<IOException, Status> status) {
    this.out = out;
    this.pieces = pieces;
    this.readers = readers;
    this.status = status;
  }

  /** Begins to send. Must be called before the service's method returns. */
  static <T> void send(
      ServerCallStreamObserver<T> out,
      Pieces<T> pieces,
      Executor readers,
      Function<IOException, Status> status) {
    PieceStream<T> stream = new PieceStream<>(out, pieces, readers, status);
    out.setOnReadyHandler(stream::wake);
    out.setOnCancelHandler(stream::wake);
    stream.wake();
  }

  /** One reader at a time. */
  private void wake() {
    if (wanted.getAndIncrement() == 0) {
      readers.execute(this::work);
    }
  }

  private void work() {
    int done = 1;
    while (done > 0) {
      if (!over) {
        sendWhileReady();
      }
      done = wanted.addAndGet(-done);
    }
  }

  private void sendWhileReady() {
    try {
      while (!over && !out.isCancelled() && out.isReady()) {
        T piece = pieces.next();
        if (piece == null) {
          end();
          out.onCompleted();
        } else {
          out.onNext(piece);
        }
      }
      if (!over && out.isCancelled()) {
        end();
      }
    } catch (StatusException e) {
      fail(e.getStatus());
    } catch (IOException e) {
      fail(status.apply(e));
    } catch (RuntimeException | Error e) {
      fail(Status.INTERNAL.withDescription(e.toString()));
    }
  }

  private void fail(Status why) {
    end();
    out.onError(why.asRuntimeException());
  }

  private void end() {
    if (!over) {
      over = true;
      pieces.close();
    }
  }
}
