package io.dormouse.checkpoint.images.keys;

import io.dormouse.checkpoint.images.files.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one at a time change the files of a key directory, whichever thread, process or host it is.
 * Who only reads needs it not. The system gives it back when its holder dies.
 */
final class KeyLock {
  private static final String FILE = "lock";
  private static final Duration PAUSE = Duration.ofMillis(10);

  /** Changes are rare and short: one for all directories of a JVM will do. */
  private static final ReentrantLock THREADS = new ReentrantLock(true);

  private final Path directory;
  private final Duration patience;

  /**
   * A directory's lock.
   *
   * @param patience how long it is waited for
   */
  KeyLock(Path directory, Duration patience) {
    this.directory = directory;
    this.patience = patience;
  }

  /** Changes something. */
  interface Change<T> {
    T make() throws IOException;
  }

  /**
   * Makes a change while nobody else does.
   *
   * @throws KeyException when another one held the lock all the time
   */
  <T> T hold(Change<T> change) throws IOException {
    KeyFiles.createFolder(directory);
    long deadline = System.nanoTime() + patience.toNanos();
    acquireThreads();
    try (FileChannel channel = open();
        FileLock held = acquire(channel, deadline)) {
      if (!held.isValid()) {
        throw busy();
      }
      return change.make();
    } finally {
      THREADS.unlock();
    }
  }

  private void acquireThreads() throws KeyException {
    try {
      if (!THREADS.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        throw busy();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw busy();
    }
  }

  /** Whoever made it, the directory's owner must be able to hold it. */
  private FileChannel open() throws IOException {
    Path file = directory.resolve(FILE);
    FileChannel channel =
        FileChannel.open(
            file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), PrivateFiles.FILE);
    try {
      Masters masters = new Masters(directory);
      if (masters.areThere()) {
        masters.giveToOwner(file);
      }
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private FileLock acquire(FileChannel channel, long deadline) throws IOException {
    for (; ; ) {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
      if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
        throw busy();
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private KeyException busy() {
    return new KeyException(
        "The keys in %s are being changed by another process.%nMaybe a rotation is under way; try again once it has ended."
            .formatted(directory));
  }
}
