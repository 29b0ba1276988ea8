package io.dormouse.checkpoint.images.packs;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One image on its way into packs. What is written once, from begin to end, is packed while it
 * grows, by one core less than there are: whoever writes it needs one too. To be closed; what was
 * packed and is not {@link #finish}ed then goes again. For one thread at a time.
 */
public final class Packing implements Closeable {
  private static final long POLL_NANOS = 5_000_000;

  private final Path directory;
  private final Predicate<Path> writtenOnce;
  private final PackWorkers workers;
  private final NewPacks packs;
  private final FutureTask<Boolean> follower;
  private final @Nullable PageTable base;
  private volatile @Nullable ImagePacker packer;
  private volatile boolean complete;
  private boolean finished;
  private boolean closed;

  /** Makes the packer of an image, with all that its pages are compared with. */
  interface Begin {
    ImagePacker packer() throws IOException;
  }

  /**
   * Follows what is written.
   *
   * @param writtenOnce which of the files below {@code directory} only grow
   * @param base whose pages it may inherit, if any
   * @param begin called once, by another thread
   */
  Packing(
      Path directory,
      Predicate<Path> writtenOnce,
      PackWorkers workers,
      NewPacks packs,
      Optional<PageTable> base,
      Begin begin) {
    this.directory = directory;
    this.writtenOnce = writtenOnce;
    this.workers = workers;
    this.packs = packs;
    this.base = base.orElse(null);
    this.follower =
        new FutureTask<>(
            () -> {
              follow(begin);
              return true;
            });
    workers.leaveOneCore();
    Thread thread = new Thread(follower, "image-follower");
    thread.setDaemon(true);
    thread.start();
  }

  private void follow(Begin begin) throws IOException, CorruptPackException {
    ImagePacker begun = begin.packer();
    packer = begun;
    while (!complete) {
      boolean any = false;
      for (Path file : growing()) {
        any |= begun.addGrown(file);
      }
      if (!any) {
        LockSupport.parkNanos(POLL_NANOS);
      }
    }
  }

  private List<Path> growing() throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(file -> writtenOnce.test(directory.relativize(file)))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof NoSuchFileException) {
        return List.of();
      }
      throw e.getCause();
    }
  }

  /** Whether files may be completed by pages of the base. */
  public boolean inherits() {
    return base != null;
  }

  /**
   * Packs the rest, and reads back what was written. Nothing grows any more.
   *
   * @param leftOut what is not in the files, which goes into the image all the same
   * @throws CorruptPackException when what was written does not read back, or is not what the base
   *     completes
   */
  public PackedImage finish(UUID generation, List<Path> files, LeftOut leftOut)
      throws IOException, CorruptPackException {
    complete = true;
    PackWorkers.result(follower);
    workers.useAllCores();
    ImagePacker begun = Objects.requireNonNull(packer);
    for (Path file : files) {
      begun.add(directory, file);
    }
    addLive(begun, leftOut.live());
    if (!leftOut.inherited().files().isEmpty()) {
      begun.inherit(
          Objects.requireNonNull(base, "without a base nothing is inherited"), leftOut.inherited());
    }
    ImagePacker.Packed packed = begun.finish();
    byte[] table = SealedTable.seal(packed.table(), workers.keys(), generation);
    finished = true;
    return new PackedImage(packs, packed, table);
  }

  private static void addLive(ImagePacker begun, LivePages live)
      throws IOException, CorruptPackException {
    for (Map.Entry<String, LivePages.Opener> file : new TreeMap<>(live.files()).entrySet()) {
      begun.add(file.getKey(), file.getValue().open());
    }
    if (!live.unchanged().getAsBoolean()) {
      throw new IOException("what is dumped went on before all of its pages were read");
    }
  }

  /** Again is fine. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    complete = true;
    PackWorkers.awaitEnd(follower);
    ImagePacker begun = packer;
    try (workers) {
      if (begun != null) {
        begun.close();
      }
    }
    if (!finished) {
      packs.discard();
      packs.close();
    }
  }
}
