package io.dormouse.checkpoint.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.data.Percentage.withPercentage;

import io.dormouse.checkpoint.images.VerifyResult.Corrupt;
import io.dormouse.checkpoint.images.VerifyResult.Verified;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackedImageStoreTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private final ImageId id = new ImageId("worker-1", UUID.randomUUID());
  private Path root;
  private ImageStore store;

  @BeforeEach
  void open(@TempDir Path temporary) {
    root = temporary.resolve("store");
    store = ok(ImageStore.open(root.toUri(), InstantSource.fixed(NOW)));
  }

  @Test
  void publishedImageIsListedShownAndVerified() throws IOException {
    Image.Published published = publish(id);

    assertThat(published.manifest().contents().files()).isEqualTo(2);
    assertThat(published.manifest().contents().fileBytes()).isEqualTo(3_000_006);
    assertThat(store.verify(id)).isInstanceOf(Verified.class);
    assertThat(store.show(id)).isEqualTo(published);
    assertThat(ok(store.list())).containsExactly(published);
    assertThat(ok(store.list("worker-1"))).containsExactly(published);
    assertThat(ok(store.list("worker-2"))).isEmpty();
    assertThat(published.manifest().metadata()).isEqualTo(metadata(id));
  }

  @Test
  void stagedImageIsNotSeenBeforeItIsPublished() throws IOException {
    StagedImage staged = fill(ok(store.stage(expected(id))));

    assertThat(store.show(id)).isInstanceOf(Image.Missing.class);
    assertThat(store.verify(id)).isInstanceOf(VerifyResult.Missing.class);
    ok(store.discard(staged));
    assertThat(staged.directory()).doesNotExist();
  }

  @Test
  void aFetchedImageHasTheFilesThatWereStaged() throws IOException {
    publish(id);

    Fetched fetched = store.fetch(id);

    assertThat(fetched.result()).isInstanceOf(Verified.class);
    Path copy = fetched.copy().directory();
    assertThat(copy.resolve("layer.tar")).hasContent("layer");
    assertThat(copy.resolve("criu/pages-1.img")).hasBinaryContent(pages());
    ok(store.discard(fetched.copy()));
    assertThat(spool()).isEmpty();
  }

  @Test
  void whatIsPublishedLeavesNoPlainFiles() throws IOException {
    publish(id);

    assertThat(spool()).isEmpty();
    assertThat(files("uploads")).isEmpty();
    assertThat(files("pins")).isEmpty();
  }

  @Test
  void aSingleFlippedBitIsFoundBeforeARestore() throws IOException {
    publish(id, "one page and a bit".repeat(300).getBytes(StandardCharsets.UTF_8));
    List<Path> parts = Stream.of(files("images"), files("packs")).flatMap(List::stream).toList();
    assertThat(parts).hasSize(3);
    Random random = new Random(1);
    for (Path part : parts) {
      byte[] whole = Files.readAllBytes(part);
      // Packs are tried byte by byte where they are made.
      int step = part.toString().endsWith(".pack") ? 7 : 3;
      for (int i = 0; i < whole.length; i += step) {
        byte[] bad = whole.clone();
        bad[i] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        Files.write(part, bad);
        assertThat(store.verify(id)).as("%s, byte %d", part, i).isInstanceOf(Corrupt.class);
        if (i % 49 == 0) {
          assertThat(store.fetch(id).result()).isInstanceOf(Corrupt.class);
        }
      }
      Files.write(part, whole);
    }
    assertThat(store.verify(id)).isInstanceOf(Verified.class);
    assertThat(spool()).isEmpty();
  }

  @Test
  void missingAndCutPartsAreFound() throws IOException {
    publish(id);
    for (Path part : Stream.of(files("images"), files("packs")).flatMap(List::stream).toList()) {
      byte[] whole = Files.readAllBytes(part);
      Files.write(part, Arrays.copyOf(whole, whole.length / 2));
      assertThat(corruption().message()).contains("Maybe");
      Files.delete(part);
      assertThat(store.verify(id)).isNotInstanceOf(Verified.class);
      Files.write(part, whole);
    }
    assertThat(store.verify(id)).isInstanceOf(Verified.class);
  }

  @Test
  void anOwnerWhoEditsHisImageIsFoundOut() throws IOException {
    publish(id);
    Path manifest = manifest(id);
    Files.writeString(
        manifest, Files.readString(manifest).replace("\"ownerUid\" : 65534", "\"ownerUid\" : 0"));

    assertThat(corruption().reason()).contains("signature does not hold");
    assertThat(store.show(id)).isInstanceOf(Image.Unreadable.class);
  }

  @Test
  void anImageOfAStrangersStoreIsRefused(@TempDir Path elsewhere) throws IOException {
    publish(id);
    ImageStore other = ok(ImageStore.open(elsewhere.toUri(), InstantSource.fixed(NOW)));
    StagedImage staged = fill(ok(other.stage(expected(id))));
    ok(other.publish(staged, metadata(id)));
    Path relative = root.toRealPath().relativize(manifest(id).toRealPath());
    Files.copy(
        elsewhere.toRealPath().resolve(relative),
        manifest(id),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    assertThat(corruption().reason()).contains("is not trusted here");
  }

  @Test
  void manifestOfAnotherImageIsRefused() throws IOException {
    ImageId other = new ImageId("worker-2", UUID.randomUUID());
    publish(id);
    publish(other);
    Files.copy(manifest(other), manifest(id), java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    assertThat(corruption().reason()).contains("is of image worker-2/");
  }

  @Test
  void theSamePagesAreStoredOncePerOwner() throws IOException {
    long first = publish(id).manifest().contents().newBytes();
    Image.Published again = publish(new ImageId("worker-2", UUID.randomUUID()));
    assertThat(again.manifest().contents().newBytes()).isLessThan(first / 100);
    assertThat(again.manifest().storedBytes()).isCloseTo(first, withPercentage(5));

    ImageId foreign = new ImageId("worker-3", UUID.randomUUID());
    StagedImage staged = fill(ok(store.stage(ExpectedImage.of(foreign, 1000))));
    Image.Published others = ok(store.publish(staged, metadata(foreign, 1000)));
    assertThat(others.manifest().contents().newBytes()).isCloseTo(first, withPercentage(5));
  }

  @Test
  void anErasedOwnersImagesAreGoneForGood() throws IOException {
    publish(id);
    Files.delete(root.resolve("keys/domains/uid-65534.key"));

    assertThat(store.verify(id).message()).contains("erased");
    assertThat(store.fetch(id).result()).isNotInstanceOf(Verified.class);
  }

  @Test
  void imageIsPublishedOnce() throws IOException {
    StagedImage late = fill(ok(store.stage(expected(id))));
    publish(id);

    assertThat(store.stage(expected(id))).isEqualTo(failed(new StoreFailure.AlreadyPublished(id)));
    assertThat(store.publish(late, metadata(id)))
        .isEqualTo(failed(new StoreFailure.AlreadyPublished(id)));
    assertThat(store.verify(id)).isInstanceOf(Verified.class);
  }

  @Test
  void linkInStagedImageIsRefused() throws IOException {
    StagedImage staged = fill(ok(store.stage(expected(id))));
    Files.createSymbolicLink(staged.directory().resolve("passwd"), Path.of("/etc/passwd"));

    assertThat(store.publish(staged, metadata(id)))
        .isEqualTo(
            failed(new StoreFailure.BadContent("passwd", "is neither a file nor a directory")));
    assertThat(store.show(id)).isInstanceOf(Image.Missing.class);
  }

  @Test
  void emptyStagedImageIsRefused() {
    StagedImage staged = ok(store.stage(expected(id)));

    assertThat(store.publish(staged, metadata(id)))
        .isInstanceOfSatisfying(
            Stored.Failed.class,
            f -> assertThat(f.failure()).isInstanceOf(StoreFailure.BadContent.class));
  }

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
    assertThat(files("condemned")).isEmpty();
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

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../x", "a/b", "a b", ".hidden", "a\n"})
  void namesThatAreNoNamesAreRefused(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ImageId(name, UUID.randomUUID()))
        .withMessageContaining("Maybe");
  }

  private Corrupt corruption() {
    VerifyResult result = store.verify(id);
    assertThat(result).isInstanceOf(Corrupt.class);
    return (Corrupt) result;
  }

  private Image.Published publish(ImageId image) throws IOException {
    return publish(image, pages());
  }

  private Image.Published publish(ImageId image, byte[] pages) throws IOException {
    return ok(store.publish(fill(ok(store.stage(expected(image))), pages), metadata(image)));
  }

  private static byte[] pages() {
    byte[] pages = new byte[3_000_001];
    new Random(7).nextBytes(pages);
    return pages;
  }

  private static StagedImage fill(StagedImage staged) throws IOException {
    return fill(staged, pages());
  }

  private static StagedImage fill(StagedImage staged, byte[] pages) throws IOException {
    Files.createDirectory(staged.directory().resolve("criu"));
    Files.write(staged.directory().resolve("criu/pages-1.img"), pages);
    Files.writeString(staged.directory().resolve("layer.tar"), "layer");
    return staged;
  }

  private Path manifest(ImageId image) {
    return root.resolve(
        "images/%s/%s/manifest.json".formatted(image.instance(), image.generation()));
  }

  private List<Path> spool() throws IOException {
    return files("staging");
  }

  private List<Path> files(String folder) throws IOException {
    if (!Files.exists(root.resolve(folder))) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(root.resolve(folder))) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  private static ExpectedImage expected(ImageId id) {
    return ExpectedImage.of(id, 65534);
  }

  private static ImageMetadata metadata(ImageId id) {
    return metadata(id, 65534);
  }

  private static ImageMetadata metadata(ImageId id, long owner) {
    return new ImageMetadata(
        id,
        Optional.of(new UUID(1, 2)),
        "capsule",
        owner,
        owner,
        "spec",
        NOW,
        123,
        HostFingerprint.early("6.1", "cpu", "criu 4.2.1"));
  }

  private static <T> T ok(Stored<T> stored) {
    if (stored instanceof Stored.Failed<T> failed) {
      throw new AssertionError(failed.failure().message());
    }
    return ((Stored.Ok<T>) stored).value();
  }

  private static <T> Stored<T> failed(StoreFailure failure) {
    return new Stored.Failed<>(failure);
  }
}
