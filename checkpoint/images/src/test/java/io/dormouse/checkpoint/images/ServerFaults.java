package io.dormouse.checkpoint.images;

import static io.dormouse.checkpoint.images.Published.failure;
import static io.dormouse.checkpoint.images.Published.fresh;
import static io.dormouse.checkpoint.images.Published.ok;
import static io.dormouse.checkpoint.images.Published.pages;
import static io.dormouse.checkpoint.images.Published.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.keys.StoreKeys;
import io.dormouse.checkpoint.images.packs.PackStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that goes away, and comes again with what it had. */
interface ServerFaults {
  Duration LIMIT = Duration.ofMinutes(2);

  Backend backend();

  void stopServer() throws IOException;

  void startServer() throws IOException;

  @Test
  default void aServerThatGoesMidwayIsATypedFailure(@TempDir Path local) throws IOException {
    dies(local, "packs/", 20 << 20);
  }

  @Test
  default void aServerThatGoesAtTheManifestIsATypedFailure(@TempDir Path local) throws IOException {
    dies(local, "images/", 1);
  }

  private void dies(Path local, String folder, long bytes) throws IOException {
    StoreLocation place = backend().freshStore(local);
    ok(ImageStore.open(place, InstantSource.system())).close();
    ImageId before = fresh();
    ImageId during = fresh();
    AtomicBoolean armed = new AtomicBoolean();
    Blobs blobs =
        new WatchedBlobs(
            backend().open(place),
            (name, written) -> {
              if (name.startsWith(folder) && written >= bytes && armed.getAndSet(false)) {
                stopServer();
              }
            });
    ImageStore store =
        new PackedImageStore(
            blobs,
            new Spool(place.spool()),
            StoreKeys.in(place.keys()),
            PackStore.Limits.usual(),
            InstantSource.system());
    ok(publish(store, before, pages(100_000)));
    armed.set(true);
    try {
      StoreFailure failure =
          assertTimeout(LIMIT, () -> failure(publish(store, during, pages(40 << 20))));
      assertThat(armed).isFalse();
      assertThat(failure).as(failure.message()).isInstanceOf(StoreFailure.Unreachable.class);
      assertTimeout(
          LIMIT,
          () ->
              assertThat(failure(ImageStore.open(place, InstantSource.system())))
                  .isInstanceOf(StoreFailure.Unreachable.class));
    } finally {
      startServer();
    }
    try (ImageStore after = ok(ImageStore.open(place, InstantSource.system()))) {
      assertThat(after.show(during)).isInstanceOf(Image.Missing.class);
      assertThat(ok(after.list())).extracting(Image::id).containsExactly(before);
      assertThat(after.verify(before)).isInstanceOf(VerifyResult.Verified.class);
      ok(publish(after, during, pages(40 << 20)));
      assertThat(after.verify(during)).isInstanceOf(VerifyResult.Verified.class);
    }
  }
}
