package io.dormouse.yarn.plugin;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/** At most one warning a minute, with the number left out: a dead controller must not fill logs. */
final class QuietLog {
  private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Logger log;
  private final AtomicLong lastNanos = new AtomicLong(System.nanoTime() - PAUSE_NANOS);
  private final AtomicLong leftOut = new AtomicLong();

  QuietLog(Logger log) {
    this.log = log;
  }

  void warn(String message, Throwable cause) {
    long last = lastNanos.get();
    long now = System.nanoTime();
    if (now - last < PAUSE_NANOS || !lastNanos.compareAndSet(last, now)) {
      leftOut.incrementAndGet();
      return;
    }
    log.warn("{} ({}; {} like this left out)", message, cause.toString(), leftOut.getAndSet(0));
  }
}
