package io.dormouse.bench.images;

import io.dormouse.checkpoint.engines.DumpOptions;
import io.dormouse.checkpoint.engines.DumpReport;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.engines.ProcessTreeEngine;
import io.dormouse.checkpoint.hosts.ThisHost;
import io.dormouse.checkpoint.images.ExpectedImage;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageMetadata;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.StagedImage;
import io.dormouse.checkpoint.images.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Images of one process in a store of this program, each the next one's parent. Not thread-safe.
 */
final class Ours {
  private static final String ANY_SPEC = "0".repeat(64);

  private final ImageStore store;
  private Optional<UUID> parent = Optional.empty();

  /**
   * An image that is durable and verified.
   *
   * @param stopped how long the process stood still for the dump
   * @param took from the request on
   * @param newBytes that the store did not have
   */
  record Taken(Duration stopped, Duration took, long newBytes) {}

  Ours(Path directory) throws IOException {
    this.store = value(ImageStore.open(directory.toUri(), InstantSource.system()));
  }

  /** Dumps a process, which runs on at once, as for a checkpoint. */
  Taken checkpoint(Path criu, long pid, Duration timeout) throws IOException {
    return dump(criu, pid, new DumpOptions(DumpOptions.After.KEEP_RUNNING, timeout));
  }

  /** Dumps a process, which stands still until the image is there, as for a hibernation. */
  Taken hibernation(Path criu, long pid, Duration timeout) throws IOException {
    return dump(criu, pid, new DumpOptions(DumpOptions.After.LEAVE_FROZEN, timeout).live(true));
  }

  private Taken dump(Path criu, long pid, DumpOptions options) throws IOException {
    ProcessTreeEngine trees = new ProcessTreeEngine(criu, InstantSource.system());
    long start = System.nanoTime();
    ImageId id = new ImageId("subject", UUID.randomUUID());
    StagedImage staged = value(store.stage(new ExpectedImage(id, 0, parent, trees::writesOnce)));
    DumpReport dump = value(trees.dump(pid, staged.directory(), options));
    Taken taken = published(staged, dump, start);
    if (options.after() == DumpOptions.After.LEAVE_FROZEN) {
      value(trees.thaw(pid, options.timeout()));
    }
    return taken;
  }

  /** Stores files that are there already. */
  Taken store(Path folder) throws IOException {
    ImageId id = new ImageId("subject", UUID.randomUUID());
    StagedImage staged = value(store.stage(new ExpectedImage(id, 0, parent, unused -> false)));
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.createLink(staged.directory().resolve(file.getFileName()), file);
      }
    }
    long start = System.nanoTime();
    DumpReport none = new DumpReport(Instant.now(), Duration.ZERO, Duration.ZERO, 0, 0);
    return published(staged, none, start);
  }

  private Taken published(StagedImage staged, DumpReport dump, long start) throws IOException {
    ImageMetadata metadata =
        new ImageMetadata(
            staged.id(),
            parent,
            ProcessTreeEngine.NAME,
            0,
            0,
            ANY_SPEC,
            Instant.now(),
            dump.memoryBytes(),
            ThisHost.fingerprint("criu", Path.of(System.getProperty("java.io.tmpdir"))));
    Image.Published image = value(store.publish(staged, metadata, dump.leftOut()));
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    parent = Optional.of(staged.id().generation());
    return new Taken(dump.took(), took, image.manifest().contents().newBytes());
  }

  private static <T> T value(Outcome<T> outcome) throws IOException {
    if (outcome instanceof Outcome.Ok<T> ok) {
      return ok.value();
    }
    throw new IOException(((Outcome.Failed<T>) outcome).failure().message());
  }

  private static <T> T value(Stored<T> stored) throws IOException {
    if (stored instanceof Stored.Ok<T> ok) {
      return ok.value();
    }
    throw new IOException(((Stored.Failed<T>) stored).failure().message());
  }
}
