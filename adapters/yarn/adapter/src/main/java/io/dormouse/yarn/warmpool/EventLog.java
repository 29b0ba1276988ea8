package io.dormouse.yarn.warmpool;

import io.dormouse.yarn.warmpool.proto.PoolEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The last events, numbered from 0; bounded. Thread-safe. */
final class EventLog {
  private final List<PoolEvent> ring = new ArrayList<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final int max;
  private long end;

  EventLog(int max) {
    this.max = max;
  }

  void append(PoolEvent event) {
    synchronized (this) {
      if (ring.size() < max) {
        ring.add(event);
      } else {
        ring.set((int) (end % max), event);
      }
      end++;
    }
    listeners.forEach(Runnable::run);
  }

  /** The number that the next event gets. */
  synchronized long end() {
    return end;
  }

  /** The number of the oldest event that is still held. */
  synchronized long first() {
    return end - ring.size();
  }

  /**
   * Up to {@code limit} events from a number on.
   *
   * @throws IllegalArgumentException when the first of them is no longer held
   */
  synchronized List<PoolEvent> from(long number, int limit) {
    if (number < first()) {
      throw new IllegalArgumentException(
          "The event (%d) is older than the oldest held (%d).".formatted(number, first()));
    }
    List<PoolEvent> found = new ArrayList<>();
    for (long i = number; i < Math.min(end, number + limit); i++) {
      found.add(ring.get((int) (i % max)));
    }
    return found;
  }

  void listen(Runnable listener) {
    listeners.add(listener);
  }

  void unlisten(Runnable listener) {
    listeners.remove(listener);
  }
}
