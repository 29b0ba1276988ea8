package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.hosts.HostFingerprint;
import io.dormouse.checkpoint.images.ExpectedImage;
import io.dormouse.checkpoint.images.Fetched;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageMetadata;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.StagedImage;
import io.dormouse.checkpoint.images.Stored;
import io.dormouse.checkpoint.images.Trees;
import io.dormouse.checkpoint.images.VerifyResult;
import io.dormouse.checkpoint.images.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Packs a small image and unpacks it, in a store of its own, when the agent begins: what stands
 * against it shows before an instance depends on it, and the first who wakes does not wait until
 * all the code for it is loaded and compiled.
 */
final class Rehearsal {
  private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
  private static final String FILE = "pages-1.img";
  private static final int FILE_BYTES = 4 << 20;
  private static final int PAGE_BYTES = 4_096;

  private final Path directory;
  private final HostFingerprint host;

  /**
   * Prepares it.
   *
   * @param directory made for it, and removed after it
   */
  Rehearsal(Path directory, HostFingerprint host) {
    this.directory = directory;
    this.host = host;
  }

  /** Logs what came of it; whether it went well. */
  boolean run() {
    try {
      Trees.delete(directory);
      Duration took = packAndUnpack(PrivateFiles.directory(directory));
      Trees.delete(directory);
      LOG.info("A small image was packed and unpacked in {} ms.", took.toMillis());
      return true;
    } catch (IOException | RuntimeException | LinkageError e) {
      if (Thread.currentThread().isInterrupted()) {
        LOG.info("The agent ends before a small image was packed and unpacked.");
        return false;
      }
      LOG.error(
          "A small image could not be packed and unpacked in {}, so hibernation to images may fail."
              + " Maybe the disk is full, or native libraries can't be loaded from {}.",
          directory,
          System.getProperty("java.io.tmpdir"),
          e);
      return false;
    }
  }

  /** How long it took; throws where what came out is not what went in. */
  private Duration packAndUnpack(Path root) throws IOException {
    long start = System.nanoTime();
    byte[] bytes = halfCompressible();
    ImageStore store = value(ImageStore.open(root.toUri(), InstantSource.system()));
    try {
      ImageId id = new ImageId("rehearsal", UUID.randomUUID());
      StagedImage staged = value(store.stage(ExpectedImage.of(id, 0)));
      Files.write(staged.directory().resolve(FILE), bytes);
      var unused = value(store.publish(staged, metadata(id)));
      Fetched fetched = store.fetch(id);
      if (!(fetched.result() instanceof VerifyResult.Verified)) {
        throw new IOException(fetched.result().message());
      }
      if (!Arrays.equals(bytes, Files.readAllBytes(fetched.copy().directory().resolve(FILE)))) {
        throw new IOException("The image %s is not what was packed.".formatted(id));
      }
    } finally {
      store.close();
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private ImageMetadata metadata(ImageId id) {
    return new ImageMetadata(
        id, Optional.empty(), "rehearsal", 0, 0, "0".repeat(64), Instant.now(), FILE_BYTES, host);
  }

  /** Every second page is random, the others are not. */
  private static byte[] halfCompressible() {
    byte[] bytes = new byte[FILE_BYTES];
    new Random(1).nextBytes(bytes);
    for (int page = 0; page < FILE_BYTES; page += 2 * PAGE_BYTES) {
      Arrays.fill(bytes, page, page + PAGE_BYTES, (byte) (page / PAGE_BYTES));
    }
    return bytes;
  }

  private static <T> T value(Stored<T> stored) throws IOException {
    if (stored instanceof Stored.Failed<T> failed) {
      throw new IOException(failed.failure().message());
    }
    return ((Stored.Ok<T>) stored).value();
  }
}
