package io.dormouse.yarn.warmpool;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** The one thread that owns a pool. Inputs are taken from any thread, in order. Thread-safe. */
final class PoolLoop implements AutoCloseable {
  private static final int WAITING_MAX = 100_000;

  private final ScheduledThreadPoolExecutor executor;
  private final WarmPool pool;
  private final Consumer<Throwable> broken;

  /**
   * Starts the thread.
   *
   * @param broken told of a bug in the pool: it must not go on
   */
  PoolLoop(WarmPool pool, Duration tick, Consumer<Throwable> broken) {
    this.pool = pool;
    this.broken = broken;
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "warm-pool");
              thread.setDaemon(true);
              return thread;
            });
    executor.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    executor.setRemoveOnCancelPolicy(true);
    var unused =
        executor.scheduleAtFixedRate(
            () -> guarded(WarmPool::tick), 0, tick.toMillis(), TimeUnit.MILLISECONDS);
  }

  void tell(Consumer<WarmPool> input) {
    try {
      if (executor.getQueue().size() > WAITING_MAX) {
        throw new RejectedExecutionException("%d inputs wait".formatted(WAITING_MAX));
      }
      executor.execute(() -> guarded(input));
    } catch (RejectedExecutionException e) {
      if (!executor.isShutdown()) {
        broken.accept(e);
      }
    }
  }

  <T> CompletableFuture<T> ask(Function<WarmPool, T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    tell(
        owned -> {
          try {
            answer.complete(question.apply(owned));
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
            throw e;
          }
        });
    return answer;
  }

  private void guarded(Consumer<WarmPool> input) {
    try {
      input.accept(pool);
    } catch (RuntimeException | Error e) {
      broken.accept(e);
      throw e;
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
