package io.dormouse.checkpoint.images.packs;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Commits full packs in a thread of its own, one at a time: forcing them to disk and reading them
 * back takes long. Not thread-safe.
 */
final class PackFinisher implements Closeable {
  private final ImagePacker.Destination destination;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread made = new Thread(work, "pack-finisher");
            made.setDaemon(true);
            return made;
          });

  private Future<Long> underWay = CompletableFuture.completedFuture(0L);
  private long bytes;

  PackFinisher(ImagePacker.Destination destination) {
    this.destination = destination;
  }

  /**
   * Finishes a pack, after the one before.
   *
   * @throws CorruptPackException as that one did
   * @throws IOException as that one did
   */
  void finish(OpenPack pack) throws IOException, CorruptPackException {
    try {
      await();
    } catch (IOException | CorruptPackException | RuntimeException e) {
      pack.close();
      throw e;
    }
    underWay =
        thread.submit(
            () -> {
              try (pack) {
                long length = pack.commit();
                destination.readBack(pack.pack());
                return length;
              }
            });
  }

  /** Waits for all; how many bytes their packs have. */
  long await() throws IOException, CorruptPackException {
    Future<Long> last = underWay;
    underWay = CompletableFuture.completedFuture(0L);
    try {
      bytes += PackWorkers.result(last);
      return bytes;
    } finally {
      // An interrupt ends the wait, not the work.
      PackWorkers.awaitEnd(last);
    }
  }

  @Override
  public void close() {
    PackWorkers.awaitEnd(underWay);
    thread.shutdown();
  }
}
