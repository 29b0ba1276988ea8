package io.dormouse.checkpoint.images;

import static io.dormouse.checkpoint.images.Published.failure;
import static io.dormouse.checkpoint.images.Published.fresh;
import static io.dormouse.checkpoint.images.Published.ok;
import static io.dormouse.checkpoint.images.Published.pages;
import static io.dormouse.checkpoint.images.Published.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dormouse.checkpoint.images.blobs.Blob;
import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.keys.KeyRing;
import io.dormouse.checkpoint.images.keys.StoreKeys;
import io.dormouse.checkpoint.images.packs.PackStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stores keep on every backend. */
interface ImageStoreContract {
  Backend backend();

  private static ImageStore open(StoreLocation place) {
    return ok(ImageStore.open(place, InstantSource.system()));
  }

  /** A store on blobs of the test's own. */
  private static ImageStore store(Blobs blobs, StoreLocation place) throws IOException {
    return new PackedImageStore(
        blobs,
        new Spool(place.spool()),
        StoreKeys.in(place.keys()),
        PackStore.Limits.usual(),
        InstantSource.system());
  }

  @Test
  default void anImageGoesItsWholeWayThroughTwoProcesses(@TempDir Path local) throws IOException {
    StoreLocation place = backend().freshStore(local);
    ImageId id = fresh();
    try (ImageStore writer = open(place);
        ImageStore waker = open(place)) {
      Image.Published published = ok(publish(writer, id, pages(3_000_001)));

      assertThat(waker.verify(id)).isInstanceOf(VerifyResult.Verified.class);
      assertThat(ok(waker.list())).containsExactly(published);
      assertThat(ok(waker.list("web"))).containsExactly(published);
      assertThat(ok(waker.list("other"))).isEmpty();
      wake(waker, writer, id);
      ok(waker.delete(id));
      assertThat(writer.show(id)).isInstanceOf(Image.Missing.class);
      assertThat(failure(writer.delete(id))).isInstanceOf(StoreFailure.Missing.class);
    }
    InstantSource later = InstantSource.offset(InstantSource.system(), Duration.ofHours(20));
    try (ImageStore collector = ok(ImageStore.open(place, later))) {
      assertThat(ok(collector.collect())).as("condemned only").isZero();
      assertThat(ok(collector.collect())).isGreaterThan(3_000_000);
      assertThat(ok(collector.collect())).isZero();
    }
    try (Blobs blobs = backend().open(place)) {
      for (String folder : List.of("images", "packs", "claims", "pins", "condemned", "probe")) {
        assertThat(blobs.list(folder, 10)).as(folder).isEmpty();
      }
    }
  }

  private static void wake(ImageStore waker, ImageStore writer, ImageId id) throws IOException {
    Claim claim = ok(waker.claim(id, "wake-1"));
    assertThat(ok(writer.claim(id, "wake-1"))).isEqualTo(claim);
    assertThat(failure(writer.claim(id, "wake-2")))
        .isEqualTo(new StoreFailure.Claimed(id, "wake-1"));
    assertThat(failure(writer.release(id, "wake-2")))
        .isEqualTo(new StoreFailure.Claimed(id, "wake-1"));
    ok(waker.release(id, "wake-1"));
    ok(writer.claim(id, "wake-2"));
    Fetched fetched = waker.fetch(id);
    assertThat(fetched.result()).isInstanceOf(VerifyResult.Verified.class);
    assertThat(fetched.copy().directory().resolve("criu/pages-1.img"))
        .hasBinaryContent(pages(3_000_001));
    assertThat(fetched.copy().directory().resolve("layer.tar")).hasBinaryContent(Published.LAYER);
    ok(waker.discard(fetched.copy()));
  }

  @Test
  default void ofManyWritersOfAnImageOnePublishes(@TempDir Path local) throws Exception {
    StoreLocation place = backend().freshStore(local);
    ImageId id = fresh();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (ImageStore store = open(place)) {
      List<StagedImage> staged = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        staged.add(ok(store.stage(ExpectedImage.of(id, 1))));
        Files.write(staged.get(i).directory().resolve("pages"), pages(100_000 + i));
      }
      List<Callable<Stored<Image.Published>>> writers = new ArrayList<>();
      for (StagedImage image : staged) {
        writers.add(() -> store.publish(image, Published.metadata(id)));
      }
      List<Image.Published> won = new ArrayList<>();
      for (Future<Stored<Image.Published>> writer : threads.invokeAll(writers)) {
        if (writer.get() instanceof Stored.Ok<Image.Published> ok) {
          won.add(ok.value());
        } else {
          assertThat(failure(writer.get())).isEqualTo(new StoreFailure.AlreadyPublished(id));
        }
      }
      assertThat(won).hasSize(1);
      assertThat(store.show(id)).isEqualTo(won.get(0));
      assertThat(store.verify(id)).isInstanceOf(VerifyResult.Verified.class);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Each as a process of its own, on a node of its own, told by a controller of its own. */
  @Test
  default void ofManyWhoWakeAnImageOneGetsIt(@TempDir Path local) throws Exception {
    StoreLocation place = backend().freshStore(local);
    ImageId id = fresh();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (ImageStore writer = open(place)) {
      ok(publish(writer, id, pages(10_000)));
      List<Callable<Stored<Claim>>> wakers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String claimant = "node-%d/life".formatted(i);
        ImageStore waker = open(place);
        wakers.add(
            () -> {
              try (waker) {
                return waker.claim(id, claimant);
              }
            });
      }
      List<Claim> won = new ArrayList<>();
      for (Future<Stored<Claim>> waker : threads.invokeAll(wakers)) {
        if (waker.get() instanceof Stored.Ok<Claim> ok) {
          won.add(ok.value());
        } else {
          assertThat(failure(waker.get())).isInstanceOf(StoreFailure.Claimed.class);
        }
      }
      assertThat(won).hasSize(1);
      assertThat(ok(writer.claimOf(id))).contains(won.get(0));
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  default void aWriterThatDiesMidwayLeavesNothingToSee(@TempDir Path local) throws IOException {
    StoreLocation place = backend().freshStore(local);
    ImageId id = fresh();
    open(place).close();
    try (Blobs blobs = backend().open(place);
        ImageStore dying =
            store(
                new WatchedBlobs(
                    blobs,
                    (name, bytes) -> {
                      if (name.endsWith("manifest.json")) {
                        throw new IllegalStateException("dead");
                      }
                    }),
                place)) {
      assertThatIllegalStateException().isThrownBy(() -> publish(dying, id, pages(500_000)));
    }
    try (ImageStore store = open(place)) {
      assertThat(store.show(id)).isInstanceOf(Image.Missing.class);
      assertThat(ok(store.list())).isEmpty();
      Image.Published published = ok(publish(store, id, pages(500_000)));
      assertThat(published.manifest().contents().newBytes())
          .as("the pages it had sent are used")
          .isLessThan(100_000);
      assertThat(store.verify(id)).isInstanceOf(VerifyResult.Verified.class);
    }
  }

  @Test
  default void aStoreThatIsNotThereIsNotMade(@TempDir Path local) {
    StoreLocation place = backend().freshStore(local);

    assertThat(failure(ImageStore.openExisting(place, InstantSource.system())))
        .isEqualTo(new StoreFailure.NoStore(place.uri().toString()));
    assertThat(place.keys()).doesNotExist();
    open(place).close();
    ok(ImageStore.openExisting(place, InstantSource.system())).close();
  }

  @Test
  default void otherKeysAreFoundOutWhenItIsOpened(@TempDir Path local, @TempDir Path elsewhere)
      throws IOException {
    StoreLocation place = backend().freshStore(local).withKeys(local.resolve("my-keys"));
    open(place).close();

    StoreLocation none = place.withKeys(elsewhere.resolve("none"));
    assertThat(failure(ImageStore.open(none, InstantSource.system())).message())
        .contains("has none")
        .contains("Maybe name the directory of its keys");
    assertThat(none.keys()).doesNotExist();
    String others = StoreKeys.in(elsewhere.resolve("others")).ring().masterId();
    assertThat(
            failure(
                ImageStore.open(
                    place.withKeys(elsewhere.resolve("others")), InstantSource.system())))
        .isInstanceOfSatisfying(
            StoreFailure.WrongKeys.class, wrong -> assertThat(wrong.reason()).contains(others));
    open(place).close();
  }

  @Test
  default void rotatedKeysOpenWhatWasThereAndErasedOnesDoNot(@TempDir Path local)
      throws IOException {
    StoreLocation place = backend().freshStore(local).withKeys(local.resolve("my-keys"));
    ImageId id = fresh();
    try (ImageStore running = open(place)) {
      ok(publish(running, id, pages(10_000)));
      for (int i = 0; i < 2; i++) {
        assertThat(new KeyRing(place.keys()).rotation().run().rewrapped()).hasSize(1);
        try (ImageStore opened = open(place)) {
          assertThat(opened.verify(id)).isInstanceOf(VerifyResult.Verified.class);
        }
        assertThat(running.verify(id)).isInstanceOf(VerifyResult.Verified.class);
        ok(publish(running, fresh(), pages(20_000 + i)));
      }
      assertThat(ok(running.erasing(1).erase(false)).images()).hasSize(3);
      assertThat(ok(running.list())).isEmpty();
    }
  }

  @Test
  default void noKeyIsAmongTheBlobs(@TempDir Path local) throws IOException {
    StoreLocation place = backend().freshStore(local).withKeys(local.resolve("my-keys"));
    try (ImageStore store = open(place)) {
      ok(publish(store, fresh(), pages(10_000)));
    }
    try (Blobs blobs = backend().open(place);
        Stream<Path> files = Files.walk(place.keys())) {
      assertThat(files.filter(Files::isRegularFile)).hasSizeGreaterThan(3);
      assertThat(blobs.list("store", 10)).extracting(Blob::name).containsExactly("store/keys");
      assertThat(blobs.read("store/keys", 64)).hasSize(17);
      assertThat(blobs.list("keys", 10)).isEmpty();
    }
  }

  @Test
  default void sweepingLeavesWhatIsYoung(@TempDir Path local) throws IOException {
    StoreLocation place = backend().freshStore(local);
    try (ImageStore store = open(place)) {
      StagedImage staged = ok(store.stage(ExpectedImage.of(fresh(), 1)));

      assertThat(ok(store.sweep(Duration.ofMinutes(10)))).isZero();
      assertThat(staged.directory()).exists();
    }
    InstantSource tomorrow =
        InstantSource.fixed(Instant.now().plus(Duration.ofDays(1)).plusSeconds(60));
    try (ImageStore store = ok(ImageStore.open(place, tomorrow))) {
      assertThat(ok(store.sweep(Duration.ofHours(1)))).isEqualTo(1);
    }
  }
}
