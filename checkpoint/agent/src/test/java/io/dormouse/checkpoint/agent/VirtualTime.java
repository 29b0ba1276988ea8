package io.dormouse.checkpoint.agent;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that passes when a test says so; timers run as it passes them. */
final class VirtualTime implements InstantSource {
  private final PriorityQueue<Due> timers =
      new PriorityQueue<>(Comparator.comparingLong(Due::atNanos).thenComparing(Due::order));
  private long nowNanos;
  private int order;

  private record Due(long atNanos, Integer order, Runnable task) {}

  AgentClock clock() {
    return new AgentClock(() -> nowNanos, this, this::schedule);
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochSecond(1_000_000, nowNanos);
  }

  void pass(Duration duration, Runnable settle) {
    long target = nowNanos + duration.toNanos();
    while (true) {
      Due next = timers.peek();
      if (next == null || next.atNanos > target) {
        break;
      }
      timers.remove();
      nowNanos = Math.max(nowNanos, next.atNanos);
      next.task.run();
      settle.run();
    }
    nowNanos = target;
  }

  /** As when the process is killed. */
  void forgetTimers() {
    timers.clear();
  }

  private void schedule(Duration delay, Runnable task) {
    timers.add(new Due(nowNanos + delay.toNanos(), order++, task));
  }
}
