package io.dormouse.yarn.plugin;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the node's agent what happens to containers, by starting the launcher: Java 8 has no
 * Unix-domain sockets. Notices that don't fit the queue are dropped and counted; the agent sees the
 * truth in its cgroups anyway. Thread-safe.
 */
final class AgentNotifier implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AgentNotifier.class);
  private static final int WAITING_MAX = 256;

  private final List<String> launcher;
  private final long timeoutMillis;
  private final ThreadPoolExecutor executor;
  private final QuietLog quiet = new QuietLog(LOG);
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  /**
   * Starts no thread until the first notice.
   *
   * @param launcher argument vector that the notice's own arguments are added to
   * @param concurrency how many launchers may run at once
   */
  AgentNotifier(List<String> launcher, int concurrency, long timeoutMillis) {
    this.launcher = Collections.unmodifiableList(new ArrayList<>(launcher));
    this.timeoutMillis = timeoutMillis;
    executor =
        new ThreadPoolExecutor(
            concurrency,
            concurrency,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_MAX),
            AgentNotifier::daemon,
            (task, pool) -> dropped.incrementAndGet());
    executor.allowCoreThreadTimeOut(true);
  }

  /** Queues a notice, given as the launcher's arguments; never blocks, never fails. */
  void send(String... arguments) {
    executor.execute(() -> run(arguments));
  }

  /** Sends a notice on the caller's thread; whether it arrived. */
  boolean sendNow(String... arguments) {
    return run(arguments);
  }

  long dropped() {
    return dropped.get();
  }

  long failed() {
    return failed.get();
  }

  private boolean run(String... arguments) {
    List<String> command = new ArrayList<>(launcher);
    command.addAll(Arrays.asList(arguments));
    try {
      int status = exitStatus(command);
      if (status != 0) {
        throw new IOException("the launcher ended with status " + status);
      }
      return true;
    } catch (IOException e) {
      failed.incrementAndGet();
      quiet.warn("The node's agent could not be told; containers go on all the same.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private int exitStatus(List<String> command) throws IOException, InterruptedException {
    File nothing = new File("/dev/null");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(nothing)
            .redirectOutput(nothing)
            .redirectError(nothing)
            .start();
    try {
      if (!process.waitFor(timeoutMillis, TimeUnit.MILLISECONDS)) {
        throw new IOException("the launcher took longer than " + timeoutMillis + " ms");
      }
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "dormouse-notifier");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
