package io.dormouse.checkpoint.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.hosts.HostFingerprint;
import io.dormouse.checkpoint.images.blobs.DirectoryBlobs;
import io.dormouse.checkpoint.images.keys.StoreKeys;
import io.dormouse.checkpoint.images.packs.LeftOut;
import io.dormouse.checkpoint.images.packs.PackStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dumps, wakes, deletions and collections at the same time lose nothing and leave nothing. */
class CollectingBesideWritersIT {
  private static final int PAGE = 4_096;
  private static final int KINDS = 12;

  @TempDir Path root;

  /** Each as a process of its own would open it. Nothing unused is kept for long. */
  private PackedImageStore store() throws IOException {
    DirectoryBlobs blobs = new DirectoryBlobs(root);
    return new PackedImageStore(
        blobs,
        new Spool(blobs.root().resolve("staging")),
        StoreKeys.in(blobs.root().resolve("keys")),
        new PackStore.Limits(1, 1_000, Duration.ZERO),
        InstantSource.system());
  }

  @Test
  void nothingIsLostAndNothingStays() throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try {
      List<Future<Long>> collectors = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        collectors.add(threads.submit(() -> collectUntil(ended)));
      }
      List<Callable<Integer>> writers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int seed = i;
        writers.add(() -> writeAndWake(seed));
      }
      int woken = 0;
      for (Future<Integer> writer : threads.invokeAll(writers)) {
        woken += writer.get();
      }
      ended.set(true);
      long collected = 0;
      for (Future<Long> collector : collectors) {
        collected += collector.get();
      }
      assertThat(woken).isGreaterThan(50);
      assertThat(collected).as("bytes collected meanwhile").isPositive();
    } finally {
      threads.shutdownNow();
    }
    // Condemned, removed, and the marks of that.
    ok(store().collect());
    ok(store().collect());
    ok(store().collect());
    try (Stream<Path> left = Files.walk(root)) {
      assertThat(
              left.filter(Files::isRegularFile).filter(file -> !file.toString().contains("keys")))
          .isEmpty();
    }
  }

  private long collectUntil(AtomicBoolean ended) throws IOException {
    long bytes = 0;
    while (!ended.get()) {
      bytes += ok(store().collect());
    }
    return bytes;
  }

  /** Images of few kinds of pages, so that most share some with others that come and go. */
  private int writeAndWake(int seed) throws IOException {
    PackedImageStore store = store();
    Random random = new Random(seed);
    Map<ImageId, byte[]> asleep = new HashMap<>();
    Optional<byte[]> base = Optional.empty();
    byte[] last = new byte[0];
    int woken = 0;
    for (int i = 0; i < 25; i++) {
      ImageId id = new ImageId("writer-" + seed, UUID.randomUUID());
      StagedImage staged = ok(store.stage(ExpectedImage.of(id, 1).on(base)));
      Changed changed = Changed.of(staged.inherits() ? last : new byte[0], memory(random), random);
      Files.write(staged.directory().resolve("pages-1.img"), changed.written());
      ok(store.publish(staged, metadata(id), LeftOut.of(changed.inherited("pages-1.img"))));
      base = Optional.of(ok(store.pages(id)));
      last = changed.memory();
      asleep.put(id, last);
      if (asleep.size() > random.nextInt(4)) {
        ImageId next = asleep.keySet().iterator().next();
        wake(store, next, asleep.remove(next));
        woken++;
      }
    }
    asleep.forEach((id, memory) -> wake(store, id, memory));
    return woken + asleep.size();
  }

  private static byte[] memory(Random random) {
    byte[] memory = new byte[PAGE * (1 + random.nextInt(30))];
    for (int page = 0; page < memory.length; page += PAGE) {
      byte[] content = new byte[PAGE];
      new Random(random.nextInt(KINDS)).nextBytes(content);
      System.arraycopy(content, 0, memory, page, PAGE);
    }
    return memory;
  }

  private static void wake(PackedImageStore store, ImageId id, byte[] memory) {
    Fetched fetched = store.fetch(id);
    assertThat(fetched.result())
        .as(fetched.result().message())
        .isInstanceOf(VerifyResult.Verified.class);
    assertThat(fetched.copy().directory().resolve("pages-1.img")).hasBinaryContent(memory);
    ok(store.discard(fetched.copy()));
    ok(store.delete(id));
  }

  private static ImageMetadata metadata(ImageId id) {
    return new ImageMetadata(
        id,
        Optional.empty(),
        "capsule",
        1,
        1,
        "spec",
        Instant.EPOCH,
        1,
        HostFingerprint.early("k", "c", "t"));
  }

  private static <T> T ok(Stored<T> stored) {
    if (stored instanceof Stored.Failed<T> failed) {
      throw new AssertionError(failed.failure().message());
    }
    return ((Stored.Ok<T>) stored).value();
  }
}
