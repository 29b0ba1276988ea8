package io.dormouse.checkpoint.images.packs;

import com.google.common.base.Throwables;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads that name, seal and open chunks of one domain. Thread-safe. */
public final class PackWorkers implements AutoCloseable {
  private static final int CLOSE_SECONDS_MAX = 10;

  private final DomainKeys keys;
  private final ThreadPoolExecutor threads;
  private final int count;
  private volatile boolean inline;
  private final Queue<ChunkHasher> hashers = new ConcurrentLinkedQueue<>();

  /** Starts {@code count} threads as they are wanted. */
  public PackWorkers(DomainKeys keys, int count) {
    this.keys = keys;
    this.count = count;
    this.threads =
        new ThreadPoolExecutor(
            count,
            count,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "image-packer");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** From now on another's work beside ours comes first, and who submits tasks is one of us. */
  void leaveOneCore() {
    inline = count <= 2;
    if (!inline) {
      threads.setCorePoolSize(count - 2);
      threads.setMaximumPoolSize(count - 2);
    }
  }

  void useAllCores() {
    inline = false;
    threads.setMaximumPoolSize(count);
    threads.setCorePoolSize(count);
  }

  /** Runs a task, by another thread if there is a core for one. */
  <T> Future<T> submit(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    if (inline) {
      task.run();
    } else {
      threads.execute(task);
    }
    return task;
  }

  DomainKeys keys() {
    return keys;
  }

  /** How many tasks may be under way at once: enough to keep all threads busy. */
  int tasksInFlightMax() {
    return 2 * count + 2;
  }

  ChunkHasher borrowHasher() {
    ChunkHasher pooled = hashers.poll();
    return pooled == null ? keys.hasher() : pooled;
  }

  void giveBack(ChunkHasher hasher) {
    hashers.add(hasher);
  }

  /** Reads a segment of a file, and names its chunks. */
  Future<Segment> read(Segment segment, PageSource file, long position, int length) {
    return submit(
        () -> {
          segment.read(file, position, length);
          ChunkHasher hasher = borrowHasher();
          try {
            return segment.hashed(hasher);
          } finally {
            giveBack(hasher);
          }
        });
  }

  /** Waits until nothing of a task runs any more, whatever came of it. */
  static void awaitEnd(Future<?> task) {
    boolean interrupted = false;
    while (!task.isDone()) {
      try {
        task.get();
      } catch (ExecutionException e) {
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * What a task made.
   *
   * @throws CorruptPackException as it did
   * @throws IOException as it did, or when this thread is interrupted
   */
  static <T> T result(Future<T> task) throws IOException, CorruptPackException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNull(e.getCause());
      Throwables.throwIfInstanceOf(cause, IOException.class);
      Throwables.throwIfInstanceOf(cause, CorruptPackException.class);
      throw new IllegalStateException("Work on chunks must not fail.", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
        throw new IllegalStateException("The packing threads must end when they are told to.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
