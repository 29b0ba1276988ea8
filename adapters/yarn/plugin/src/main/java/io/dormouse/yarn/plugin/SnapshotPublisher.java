package io.dormouse.yarn.plugin;

import java.io.IOException;
import java.nio.file.Paths;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries views to the adapter and plans back, on a daemon thread of its own. Only the newest view
 * and the newest plan are kept. {@link #offer} and {@link #takePlan} never block. The thread ends
 * when no view has come for a minute (the ResourceManager went to standby) and starts again with
 * the next one.
 */
final class SnapshotPublisher {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotPublisher.class);
  private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long BACKOFF_FIRST_MILLIS = 250;
  private static final long BACKOFF_MOST_MILLIS = 15_000;

  private final PlanClient client;
  private final PluginConfig config;
  private final Counters counters;
  private final QuietLog quiet = new QuietLog(LOG);
  private final Backoff backoff = new Backoff(BACKOFF_FIRST_MILLIS, BACKOFF_MOST_MILLIS);
  private final AtomicReference<@Nullable ClusterView> view = new AtomicReference<>();
  private final AtomicReference<@Nullable TimedPlan> plan = new AtomicReference<>();
  private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
  private @Nullable EpochFence fence;

  SnapshotPublisher(PlanClient client, PluginConfig config, Counters counters) {
    this.client = client;
    this.config = config;
    this.counters = counters;
  }

  /** Replaces the view that is to be sent next. */
  void offer(ClusterView newest) {
    view.set(newest);
    Thread running = thread.get();
    if (running == null) {
      Thread fresh = new Thread(this::run, "dormouse-publisher");
      fresh.setDaemon(true);
      if (thread.compareAndSet(null, fresh)) {
        fresh.start();
      }
    } else {
      LockSupport.unpark(running);
    }
  }

  /** The newest plan that is still valid, once. */
  @Nullable ReleasePlan takePlan() {
    TimedPlan timed = plan.getAndSet(null);
    if (timed == null) {
      return null;
    }
    if (System.nanoTime() - timed.expiresNanos >= 0) {
      counters.plansExpired.incrementAndGet();
      return null;
    }
    return timed.plan;
  }

  private void run() {
    try {
      for (ClusterView next = await(); next != null; next = await()) {
        publish(next);
      }
    } finally {
      thread.set(null);
    }
  }

  private @Nullable ClusterView await() {
    long start = System.nanoTime();
    ClusterView next = view.getAndSet(null);
    while (next == null) {
      long left = IDLE_NANOS - (System.nanoTime() - start);
      if (left <= 0) {
        return null;
      }
      LockSupport.parkNanos(this, left);
      next = view.getAndSet(null);
    }
    return next;
  }

  private void publish(ClusterView next) {
    try {
      ReleasePlan answer = client.post(ClusterViewJson.write(next));
      counters.published.incrementAndGet();
      backoff.succeeded();
      if (answer != null) {
        accept(answer);
      }
    } catch (IOException | ReleasePlan.MalformedPlanException | RuntimeException e) {
      counters.publishFailures.incrementAndGet();
      quiet.warn("The controller can't be reached; scheduling goes on without it.", e);
      pause(backoff.failed());
    }
  }

  private void accept(ReleasePlan answer) throws IOException {
    if (fence == null) {
      fence = EpochFence.open(config.stateFile == null ? null : Paths.get(config.stateFile));
    }
    if (!fence.admit(answer.epoch)) {
      counters.plansRefused.incrementAndGet();
      LOG.warn("A plan of epoch ({}) was refused: a newer leader has been seen.", answer.epoch);
      return;
    }
    long valid = TimeUnit.MILLISECONDS.toNanos(answer.validMillis);
    plan.set(new TimedPlan(answer, System.nanoTime() + valid));
  }

  private void pause(long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
    }
  }

  private static final class TimedPlan {
    final ReleasePlan plan;
    final long expiresNanos;

    TimedPlan(ReleasePlan plan, long expiresNanos) {
      this.plan = plan;
      this.expiresNanos = expiresNanos;
    }
  }
}
