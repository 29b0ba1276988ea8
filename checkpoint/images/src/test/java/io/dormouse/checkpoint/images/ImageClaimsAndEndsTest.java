package io.dormouse.checkpoint.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.images.VerifyResult.Verified;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whose images are to wake, and what is left of those that go. */
class ImageClaimsAndEndsTest extends PackedStoreCase {
  @Test
  void ofManyClaimantsOneGetsTheImage() throws IOException {
    publish(id);
    AtomicInteger won = new AtomicInteger();

    IntStream.range(0, 16)
        .parallel()
        .forEach(
            i -> {
              if (store.claim(id, "wake-" + i) instanceof Stored.Ok<Claim>) {
                won.incrementAndGet();
              }
            });

    assertThat(won).hasValue(1);
    assertThat(store.show(id))
        .isInstanceOfSatisfying(Image.Published.class, p -> assertThat(p.claimed()).isTrue());
  }

  @Test
  void claimIsKeptByItsClaimantAndCanBeGivenBackByHimOnly() throws IOException {
    publish(id);
    Claim claim = ok(store.claim(id, "a"));

    assertThat(ok(store.claim(id, "a"))).isEqualTo(claim);
    assertThat(store.claim(id, "b")).isEqualTo(failed(new StoreFailure.Claimed(id, "a")));
    assertThat(store.release(id, "b")).isEqualTo(failed(new StoreFailure.Claimed(id, "a")));
    ok(store.release(id, "a"));
    assertThat(ok(store.claim(id, "b")).claimant()).isEqualTo("b");
  }

  @Test
  void whatIsNotThereCannotBeClaimedOrDeleted() {
    assertThat(store.claim(id, "a")).isEqualTo(failed(new StoreFailure.Missing(id)));
    assertThat(store.delete(id)).isEqualTo(failed(new StoreFailure.Missing(id)));
  }

  @Test
  void deletedImageLeavesNothing() throws IOException {
    publish(id);
    ok(store.claim(id, "a"));

    ok(store.delete(id));

    assertThat(store.show(id)).isInstanceOf(Image.Missing.class);
    assertThat(files("images")).isEmpty();
    assertThat(files("claims")).isEmpty();
    ok(store.collect());
    assertThat(files("packs")).as("kept for a while, for the next image to share").hasSize(1);

    ImageStore later = ok(ImageStore.open(root.toUri(), InstantSource.fixed(tomorrow())));
    assertThat(ok(later.collect())).as("condemned only").isZero();
    assertThat(ok(later.collect())).isPositive();
    assertThat(files("packs")).isEmpty();
    assertThat(ok(later.collect())).as("its marks only").isZero();
    assertThat(files("condemned")).isEmpty();
    assertThat(files("pins")).isEmpty();
  }

  /** By the clock that files are dated by. */
  private static Instant tomorrow() {
    return Instant.now().plus(Duration.ofHours(20));
  }

  @Test
  void collectingKeepsWhatAnImageUses() throws IOException {
    publish(id);
    ImageId shared = new ImageId("worker-2", UUID.randomUUID());
    publish(shared);
    ok(store.delete(id));
    ImageStore later = ok(ImageStore.open(root.toUri(), InstantSource.fixed(tomorrow())));

    assertThat(ok(later.collect()) + ok(later.collect()) + ok(later.collect())).isZero();

    assertThat(store.verify(shared)).isInstanceOf(Verified.class);
  }

  @Test
  void aStoreWithAnUnreadableImageIsNotCollected() throws IOException {
    publish(id);
    Files.writeString(manifest(id), "{");
    ImageStore later = ok(ImageStore.open(root.toUri(), InstantSource.fixed(tomorrow())));

    assertThat(later.collect())
        .isInstanceOfSatisfying(
            Stored.Failed.class, f -> assertThat(f.failure().message()).contains("Maybe delete"));
  }

  @Test
  void whatADeadWriterStagedGoesWithItsImageAndNothingElseDoes() throws IOException {
    StagedImage half = fill(ok(store.stage(expected(id))));
    StagedImage other = fill(ok(store.stage(expected(new ImageId("worker-1", UUID.randomUUID())))));

    assertThat(store.delete(id)).isEqualTo(failed(new StoreFailure.Missing(id)));

    assertThat(half.directory()).doesNotExist();
    assertThat(other.directory()).exists();
    assertThat(files("pins")).singleElement().asString().contains(other.id().generation() + ".");
  }

  @Test
  void sweepRemovesOldStagingOnly() throws IOException {
    StagedImage old = ok(store.stage(expected(id)));
    Files.setLastModifiedTime(old.directory(), FileTime.from(NOW.minus(Duration.ofHours(2))));
    StagedImage young = ok(store.stage(expected(new ImageId("worker-2", UUID.randomUUID()))));
    Files.setLastModifiedTime(young.directory(), FileTime.from(NOW.minus(Duration.ofMinutes(1))));

    assertThat(ok(store.sweep(Duration.ofHours(1)))).isEqualTo(1);
    assertThat(old.directory()).doesNotExist();
    assertThat(young.directory()).exists();
  }
}
