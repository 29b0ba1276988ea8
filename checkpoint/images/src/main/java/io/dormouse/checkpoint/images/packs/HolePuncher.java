package io.dormouse.checkpoint.images.packs;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back the disk space of what was read of a file where there is little left, by fallocate(1)
 * as Java has no call for it. Only there, as file systems write out what they are to forget first,
 * and hold up who writes to the file. Not thread-safe.
 */
final class HolePuncher {
  private static final Logger LOG = LoggerFactory.getLogger(HolePuncher.class);
  private static final long STEP_BYTES = 64 << 20;
  private static final int SECONDS_MAX = 10;

  private static final double SCARCE_FRACTION = 0.1;

  private final Predicate<Path> scarce;
  private boolean works = true;

  /**
   * Punches where it must be.
   *
   * @param scarce whether a file's disk has little space left
   */
  HolePuncher(Predicate<Path> scarce) {
    this.scarce = scarce;
  }

  /** Whether less than a tenth of a file's disk is free. */
  static boolean isScarce(Path file) {
    try {
      FileStore disk = Files.getFileStore(file);
      return disk.getUsableSpace() < disk.getTotalSpace() * SCARCE_FRACTION;
    } catch (IOException e) {
      LOG.debug("The free space of {} is not known.", file, e);
      return true;
    }
  }

  /**
   * Makes a hole where it is worth it.
   *
   * @param from end of the hole before
   * @param to end of what was read
   * @return where the holes end now
   */
  long punch(Path file, long from, long to) throws IOException {
    if (!works || to - from < STEP_BYTES || !scarce.test(file)) {
      return from;
    }
    List<String> command =
        List.of(
            "fallocate",
            "--punch-hole",
            "--offset",
            Long.toString(from),
            "--length",
            Long.toString(to - from),
            file.toString());
    works = succeeds(command);
    if (!works) {
      LOG.info("Files stay whole on disk until their image is published: no holes in {}.", file);
    }
    return works ? to : from;
  }

  private static boolean succeeds(List<String> command) throws IOException {
    Process tool;
    try {
      tool =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException missing) {
      LOG.debug("There is no fallocate(1).", missing);
      return false;
    }
    try {
      return tool.waitFor(SECONDS_MAX, TimeUnit.SECONDS) && tool.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while packing", e);
    } finally {
      tool.destroyForcibly();
    }
  }
}
