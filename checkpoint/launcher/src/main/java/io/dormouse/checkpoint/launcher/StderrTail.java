package io.dormouse.checkpoint.launcher;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Follows the instance's error file: a regular file, so that an instance is never held up by its
 * error output. Looks every 200 ms.
 */
final class StderrTail {
  private static final long PERIOD_MILLIS = 200;

  private final RandomAccessFile file;
  private final OutputStream target;
  private final CountDownLatch finishing = new CountDownLatch(1);
  private final Thread thread;

  private StderrTail(RandomAccessFile file, OutputStream target) {
    this.file = file;
    this.target = target;
    this.thread = new Thread(this::follow, "stderr");
    this.thread.setDaemon(true);
  }

  /**
   * Opens the file.
   *
   * @param skipOld leave out what is in it already: an earlier life's launcher passed that on
   */
  static StderrTail open(Path path, boolean skipOld) throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "r");
    if (skipOld) {
      file.seek(file.length());
    }
    return new StderrTail(file, System.err);
  }

  void start() {
    thread.start();
  }

  /** Passes on the rest and ends, waiting at most a second. */
  void finish() throws InterruptedException {
    finishing.countDown();
    thread.join(TimeUnit.SECONDS.toMillis(1));
  }

  private void follow() {
    byte[] buffer = new byte[8192];
    try (file) {
      boolean last = false;
      while (true) {
        for (int count = file.read(buffer); count > 0; count = file.read(buffer)) {
          target.write(buffer, 0, count);
        }
        target.flush();
        if (last) {
          return;
        }
        last = finishing.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (IOException e) {
      System.err.println("dormouse: the relay of stderr broke: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
