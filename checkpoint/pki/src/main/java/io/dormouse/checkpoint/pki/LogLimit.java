package io.dormouse.checkpoint.pki;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Lets a few log lines through and swallows floods: who is refused may try again at once. */
final class LogLimit {
  private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
  private final AtomicLong next = new AtomicLong(System.nanoTime());

  void run(Runnable line) {
    long now = System.nanoTime();
    long due = next.get();
    if (now - due >= 0 && next.compareAndSet(due, now + PAUSE_NANOS)) {
      line.run();
    }
  }
}
