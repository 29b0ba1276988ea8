package io.dormouse.bench.peers;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;

/** Waits for what others do. */
public final class Waiting {
  private static final Duration POLL = Duration.ofMillis(20);

  private Waiting() {}

  /** What is waited for. */
  public interface Condition {
    /** Whether it has come; an exception ends the wait. */
    boolean holds() throws IOException;
  }

  /**
   * Looks now and then until a condition holds.
   *
   * @throws IOException when it does not in time
   */
  public static void until(String what, Duration patience, Condition condition) throws IOException {
    long start = System.nanoTime();
    while (!condition.holds()) {
      if (System.nanoTime() - start > patience.toNanos()) {
        throw new IOException("Waited in vain for %s, %s.".formatted(what, patience));
      }
      try {
        Thread.sleep(POLL.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw (IOException) new InterruptedIOException("interrupted").initCause(e);
      }
    }
  }
}
