package io.dormouse.yarn.warmpool;

import io.dormouse.yarn.warmpool.proto.PoolEvent;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;

/**
 * Sends one watcher the events as fast as it takes them, out of the log's memory. Thread-safe;
 * never blocks.
 */
final class EventPump implements Runnable {
  private static final int BATCH = 64;

  private final EventLog log;
  private final ServerCallStreamObserver<PoolEvent> watcher;
  private long next;
  private boolean closed;

  EventPump(EventLog log, ServerCallStreamObserver<PoolEvent> watcher, long first) {
    this.log = log;
    this.watcher = watcher;
    this.next = first;
  }

  @Override
  public synchronized void run() {
    while (!closed && !watcher.isCancelled() && watcher.isReady() && next < log.end()) {
      if (next < log.first()) {
        close();
        watcher.onError(
            Status.OUT_OF_RANGE
                .withDescription("The watcher is too slow: events it needs are gone.")
                .asRuntimeException());
        return;
      }
      for (PoolEvent event : log.from(next, BATCH)) {
        watcher.onNext(event);
        next++;
      }
    }
  }

  synchronized void close() {
    closed = true;
    log.unlisten(this);
  }
}
