package io.dormouse.checkpoint.agent;

import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Time as the agent sees it: leases run by the monotonic clock, which nobody sets back; the wall
 * clock only stands in for it over a restart.
 *
 * @param nanos monotonic, in nanoseconds
 * @param wall for what outlives the process
 * @param timers runs something later
 */
record AgentClock(LongSupplier nanos, InstantSource wall, Timers timers) {
  /** Runs tasks later, on a thread of its own, which they must not hold up. */
  interface Timers {
    void schedule(Duration delay, Runnable task);
  }
}
