package io.dormouse.checkpoint.engines;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Ends the reading of an image that would never end: a FIFO does not say that nobody writes. */
final class DmtcpWatch implements AutoCloseable {
  private static final long LOOK_MILLIS = 20;

  private volatile Optional<EngineFailure> verdict = Optional.empty();
  private final CountDownLatch over = new CountDownLatch(1);

  private DmtcpWatch() {}

  /**
   * Watches over a tap that the calling thread reads.
   *
   * @param alive those who write; once they are gone, nothing more comes
   */
  static DmtcpWatch over(DmtcpTap tap, Duration timeout, BooleanSupplier alive) {
    DmtcpWatch watch = new DmtcpWatch();
    Thread reader = Thread.currentThread();
    long deadline = System.nanoTime() + timeout.toNanos();
    Thread thread =
        new Thread(
            () -> {
              while (!watch.isOver()) {
                Optional<EngineFailure> why = why(tap, reader, deadline, timeout, alive);
                if (why.isPresent()) {
                  watch.verdict = why;
                  tap.stop();
                  return;
                }
              }
            },
            "dmtcp-watch");
    thread.setDaemon(true);
    thread.start();
    return watch;
  }

  private boolean isOver() {
    try {
      return over.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static Optional<EngineFailure> why(
      DmtcpTap tap, Thread reader, long deadline, Duration timeout, BooleanSupplier alive) {
    if (reader.isInterrupted()) {
      return Optional.of(new EngineFailure.Io("take the image " + tap.imageName(), "interrupted"));
    }
    if (System.nanoTime() - deadline >= 0) {
      return Optional.of(
          new EngineFailure.TimedOut("writing " + tap.imageName(), timeout, "it is not complete"));
    }
    return alive.getAsBoolean()
        ? Optional.empty()
        : Optional.of(new EngineFailure.ProcessGone("the image " + tap.imageName()));
  }

  /** The outcome, or why it was ended. */
  <T> Outcome<T> explain(Outcome<T> outcome) {
    Optional<EngineFailure> why = verdict;
    return outcome instanceof Outcome.Failed && why.isPresent()
        ? Outcome.failed(why.get())
        : outcome;
  }

  @Override
  public void close() {
    over.countDown();
  }
}
