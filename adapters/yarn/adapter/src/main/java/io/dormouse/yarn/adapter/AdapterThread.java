package io.dormouse.yarn.adapter;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that all state of an adapter belongs to. What fails is logged; it goes on. */
final class AdapterThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdapterThread.class);
  private static final int CLOSE_SECONDS_MAX = 10;

  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(1, AdapterThread::daemon);

  AdapterThread() {
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Does something soon; nothing once it is closed. */
  void run(Runnable work) {
    runAfter(Duration.ZERO, work);
  }

  /** Does something after a pause. */
  void runAfter(Duration pause, Runnable work) {
    try {
      var unused = thread.schedule(() -> logged(work), pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("The adapter is closed.", e);
    }
  }

  /** Does something again and again. */
  void runEvery(Duration pause, Runnable work) {
    long nanos = pause.toNanos();
    var unused =
        thread.scheduleWithFixedDelay(() -> logged(work), nanos, nanos, TimeUnit.NANOSECONDS);
  }

  private static void logged(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.error("The adapter could not handle an input.", e);
    }
  }

  private static Thread daemon(Runnable work) {
    Thread daemon = new Thread(work, "yarn-adapter");
    daemon.setDaemon(true);
    return daemon;
  }

  /** Ends it once what is due is done. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
