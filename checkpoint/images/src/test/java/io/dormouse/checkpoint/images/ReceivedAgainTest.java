package io.dormouse.checkpoint.images;

import static io.dormouse.checkpoint.images.Published.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.blobs.DirectoryBlobs;
import io.dormouse.checkpoint.images.keys.StoreKeys;
import io.dormouse.checkpoint.images.packs.PackStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packs of other stores keep their names: one that was removed may come again. */
class ReceivedAgainTest {
  private final ImageId id = Published.fresh();
  private Path here;
  private ImageStore from;

  @BeforeEach
  void anImageOfAnotherStore(@TempDir Path folder) throws IOException {
    here = folder.resolve("here");
    from = ok(ImageStore.open(folder.resolve("there").toUri(), InstantSource.system()));
    ok(Published.publish(from, id, Published.pages(400_000)));
    Published.copyTree(folder.resolve("there/keys"), here.resolve("keys"));
  }

  /** Nothing unused is kept for long. */
  private PackedImageStore store(Blobs blobs) throws IOException {
    return new PackedImageStore(
        blobs,
        new Spool(here.resolve("staging")),
        StoreKeys.in(here.resolve("keys")),
        new PackStore.Limits(1, 1_000, Duration.ZERO),
        InstantSource.system());
  }

  private void take(ImageStore to) {
    Image.Published unused = ok(to.take(ok(from.offer(id)), OptionalLong.empty()));
  }

  @Test
  void whatAnotherCollectorFinishedMeanwhileIsNoFailure() throws IOException {
    PackedImageStore store = store(new DirectoryBlobs(here));
    take(store);
    ok(store.delete(id));
    assertThat(ok(store.collect())).as("condemned only").isZero();
    assertThat(ok(store.collect())).as("removed, and not forgotten yet").isPositive();
    int[] opened = {0};
    WatchedBlobs.Watcher meanwhile =
        new WatchedBlobs.Watcher() {
          @Override
          public void wrote(String name, long bytes) {}

          @Override
          public void opens(String name) throws IOException {
            // First it looks whether it is there.
            if (name.endsWith(".removers") && ++opened[0] == 2) {
              assertThat(ok(store(new DirectoryBlobs(here)).collect())).isZero();
            }
          }
        };

    assertThat(ok(store(new WatchedBlobs(new DirectoryBlobs(here), meanwhile)).collect())).isZero();

    assertThat(opened[0]).isEqualTo(2);
    take(store);
    assertThat(store.verify(id)).isInstanceOf(VerifyResult.Verified.class);
  }

  @Test
  void aCollectorThatWasSlowDoesNotRemoveWhatCameAgainMeanwhile() throws IOException {
    PackedImageStore store = store(new DirectoryBlobs(here));
    take(store);
    ok(store.delete(id));
    assertThat(ok(store.collect())).as("condemned only").isZero();
    boolean[] again = {false};
    WatchedBlobs.Watcher meanwhile =
        new WatchedBlobs.Watcher() {
          @Override
          public void wrote(String name, long bytes) {}

          @Override
          public void deletes(String name) throws IOException {
            if (name.startsWith("packs/") && !again[0]) {
              again[0] = true;
              PackedImageStore other = store(new DirectoryBlobs(here));
              assertThat(ok(other.collect())).isPositive();
              assertThat(ok(other.collect())).isZero();
              take(other);
            }
          }
        };

    ok(store(new WatchedBlobs(new DirectoryBlobs(here), meanwhile)).collect());

    assertThat(again[0]).isTrue();
    assertThat(store.verify(id)).isInstanceOf(VerifyResult.Verified.class);
    assertThat(ok(store.collect()) + ok(store.collect()) + ok(store.collect())).isZero();
    assertThat(store.verify(id)).isInstanceOf(VerifyResult.Verified.class);
  }
}
