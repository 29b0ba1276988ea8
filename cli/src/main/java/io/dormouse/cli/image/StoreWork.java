package io.dormouse.cli.image;

import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.cli.Console;
import io.dormouse.cli.Progress;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** One step of a command's work on a store, with how far it is. */
final class StoreWork {
  private static final double MIB = 1 << 20;

  private final String what;
  private final String done;
  private final LongSupplier bytes;
  private final long allBytes;
  private final long beforeBytes;
  private final long startNanos = System.nanoTime();

  /**
   * @param done what has become of the bytes, for people
   * @param allBytes about how many there will be; 0 where nobody knows
   */
  StoreWork(String what, String done, LongSupplier bytes, long allBytes) {
    this.what = what;
    this.done = done;
    this.bytes = bytes;
    this.allBytes = allBytes;
    this.beforeBytes = bytes.getAsLong();
  }

  /** Work that reads an image as a whole. */
  static StoreWork reading(String what, ImageStore store, Image image) {
    long all = image instanceof Image.Published known ? known.manifest().storedBytes() : 0;
    return new StoreWork(what, "read", store.traffic()::readBytes, all);
  }

  /** Work that reads nobody knows how much. */
  static StoreWork reading(String what, ImageStore store) {
    return new StoreWork(what, "read", store.traffic()::readBytes, 0);
  }

  /** Work that writes what is not in the store yet. */
  static StoreWork writing(String what, ImageStore store) {
    return new StoreWork(what, "written", store.traffic()::writtenBytes, 0);
  }

  /** Does it, and shows how far it is where it takes long. */
  <T, E extends Exception> T run(Console console, Progress.Work<T, E> work) throws E {
    return Progress.during(console, this::line, work);
  }

  String line() {
    return line(bytes.getAsLong() - beforeBytes, Duration.ofNanos(System.nanoTime() - startNanos));
  }

  String line(long bytes, Duration since) {
    String far =
        allBytes == 0
            ? String.format(Locale.ROOT, "%.1f MiB %s", bytes / MIB, done)
            : String.format(
                Locale.ROOT,
                "%s %.1f of %.1f MiB %s",
                bar(bytes),
                bytes / MIB,
                Math.max(bytes, allBytes) / MIB,
                done);
    return "%s: %s, %d s".formatted(what, far, since.toSeconds());
  }

  private String bar(long bytes) {
    long percent = Math.min(100, 100 * bytes / allBytes);
    int full = (int) (percent / 5);
    return "[%s%s] %d %%,".formatted("#".repeat(full), "-".repeat(20 - full), percent);
  }
}
