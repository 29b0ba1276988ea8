package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Supplier;

/**
 * Tells watchers what happens. A watcher that does not keep up is cut off: it comes back for an
 * inventory. Thread-safe.
 */
final class EventBus {
  private static final int WATCHERS_MAX = 32;
  private static final int WAITING_MAX = 1_024;

  private final List<Watcher> watchers = new ArrayList<>();

  /** Adds a watcher, whose first event is the inventory. */
  void add(ServerCallStreamObserver<AgentEvent> stream, Supplier<AgentEvent> inventory) {
    Watcher watcher = new Watcher(stream);
    stream.setOnReadyHandler(watcher::drain);
    stream.setOnCancelHandler(() -> remove(watcher));
    synchronized (watchers) {
      if (watchers.size() >= WATCHERS_MAX) {
        stream.onError(
            Status.RESOURCE_EXHAUSTED
                .withDescription("At most " + WATCHERS_MAX + " watches are open at once.")
                .asRuntimeException());
        return;
      }
      watchers.add(watcher);
      watcher.offer(inventory.get());
    }
    watcher.drain();
  }

  /** Gives an event to all watchers; never waits for one. */
  void publish(AgentEvent event) {
    List<Watcher> now;
    synchronized (watchers) {
      now = List.copyOf(watchers);
      now.forEach(watcher -> watcher.offer(event));
      watchers.removeIf(watcher -> watcher.over);
    }
    now.forEach(Watcher::drain);
  }

  /** Ends all watches. */
  void close() {
    List<Watcher> now;
    synchronized (watchers) {
      now = List.copyOf(watchers);
      watchers.clear();
    }
    now.forEach(w -> w.fail(Status.UNAVAILABLE.withDescription("The agent is shutting down.")));
  }

  private void remove(Watcher watcher) {
    synchronized (watchers) {
      watchers.remove(watcher);
    }
  }

  private static final class Watcher {
    private final ServerCallStreamObserver<AgentEvent> stream;
    private final Queue<AgentEvent> waiting = new ArrayDeque<>();
    private volatile boolean over;

    Watcher(ServerCallStreamObserver<AgentEvent> stream) {
      this.stream = stream;
    }

    synchronized void offer(AgentEvent event) {
      if (waiting.size() < WAITING_MAX) {
        waiting.add(event);
      } else {
        fail(Status.RESOURCE_EXHAUSTED.withDescription("The watcher does not keep up."));
      }
    }

    synchronized void drain() {
      while (!over && stream.isReady() && !stream.isCancelled()) {
        AgentEvent next = waiting.poll();
        if (next == null) {
          return;
        }
        stream.onNext(next);
      }
    }

    synchronized void fail(Status status) {
      if (!over) {
        over = true;
        waiting.clear();
        if (!stream.isCancelled()) {
          stream.onError(status.asRuntimeException());
        }
      }
    }
  }
}
