package io.dormouse.checkpoint.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dormouse.checkpoint.images.VerifyResult.Corrupt;
import io.dormouse.checkpoint.images.VerifyResult.Verified;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryImageStoreTest {
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

    assertThat(published.manifest().files())
        .extracting(ManifestFile::path)
        .containsExactly("criu/pages-1.img", "layer.tar");
    assertThat(store.verify(id)).isInstanceOf(Verified.class);
    assertThat(store.show(id)).isEqualTo(published);
    assertThat(ok(store.list())).containsExactly(published);
    assertThat(ok(store.list("worker-1"))).containsExactly(published);
    assertThat(ok(store.list("worker-2"))).isEmpty();
    assertThat(published.manifest().metadata()).isEqualTo(metadata(id));
  }

  @Test
  void stagedImageIsNotSeenBeforeItIsPublished() throws IOException {
    StagedImage staged = fill(ok(store.stage(id)));

    assertThat(store.show(id)).isInstanceOf(Image.Missing.class);
    assertThat(store.verify(id)).isInstanceOf(VerifyResult.Missing.class);
    ok(store.discard(staged));
    assertThat(staged.directory()).doesNotExist();
  }

  @Test
  void oneFlippedBitIsFound() throws IOException {
    Path file = publish(id).directory().resolve("criu/pages-1.img");
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(2_000_000);
      int old = bytes.read();
      bytes.seek(2_000_000);
      bytes.write(old ^ 0x10);
    }

    assertThat(corruption().file()).isEqualTo("criu/pages-1.img");
    assertThat(corruption().message()).contains("SHA-256").contains("Maybe");
  }

  @Test
  void truncatedFileIsFound() throws IOException {
    Path file = publish(id).directory().resolve("criu/pages-1.img");
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.setLength(bytes.length() - 1);
    }

    assertThat(corruption().reason())
        .contains(
            "3000000 bytes, the manifest says 3000001"
                .replace("3000000 bytes", "has 3000000 bytes"));
  }

  @Test
  void missingExtraAndLinkedFilesAreFound() throws IOException {
    Path directory = publish(id).directory();
    Path layer = directory.resolve("layer.tar");
    Path away = root.resolve("away");
    Files.move(layer, away);
    assertThat(corruption()).isEqualTo(new Corrupt(id, "layer.tar", "is missing"));
    Files.createSymbolicLink(layer, away);
    assertThat(corruption().reason()).contains("neither a file nor a directory");
    Files.delete(layer);
    Files.move(away, layer);
    Files.writeString(directory.resolve("criu/extra"), "x");
    assertThat(corruption()).isEqualTo(new Corrupt(id, "criu/extra", "is not in the manifest"));
  }

  @Test
  void imageWithoutAnIntelligibleManifestIsNeitherShownNorVerified() throws IOException {
    Path manifest = publish(id).directory().resolve(Manifest.FILE_NAME);
    Files.writeString(manifest, "{");

    assertThat(store.show(id)).isInstanceOf(Image.Unreadable.class);
    assertThat(corruption().file()).isEqualTo(Manifest.FILE_NAME);
    Files.delete(manifest);
    assertThat(corruption().reason()).isEqualTo("there is no manifest");
  }

  @Test
  void manifestOfAnotherImageIsRefused() throws IOException {
    ImageId other = new ImageId("worker-2", UUID.randomUUID());
    Path manifest = publish(id).directory().resolve(Manifest.FILE_NAME);
    Files.copy(
        publish(other).directory().resolve(Manifest.FILE_NAME),
        manifest,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    assertThat(corruption().reason()).contains("is of image worker-2/");
  }

  @Test
  void imageIsPublishedOnce() throws IOException {
    StagedImage late = fill(ok(store.stage(id)));
    publish(id);

    assertThat(store.stage(id)).isEqualTo(failed(new StoreFailure.AlreadyPublished(id)));
    assertThat(store.publish(late, metadata(id)))
        .isEqualTo(failed(new StoreFailure.AlreadyPublished(id)));
    assertThat(store.verify(id)).isInstanceOf(Verified.class);
  }

  @Test
  void linkInStagedImageIsRefused() throws IOException {
    StagedImage staged = fill(ok(store.stage(id)));
    Files.createSymbolicLink(staged.directory().resolve("passwd"), Path.of("/etc/passwd"));

    assertThat(store.publish(staged, metadata(id)))
        .isEqualTo(
            failed(new StoreFailure.BadContent("passwd", "is neither a file nor a directory")));
    assertThat(store.show(id)).isInstanceOf(Image.Missing.class);
  }

  @Test
  void emptyStagedImageIsRefused() {
    StagedImage staged = ok(store.stage(id));

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
    try (Stream<Path> left = Files.walk(root)) {
      assertThat(left.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void whatADeadWriterStagedGoesWithItsImageAndNothingElseDoes() throws IOException {
    StagedImage half = fill(ok(store.stage(id)));
    StagedImage other = fill(ok(store.stage(new ImageId("worker-1", UUID.randomUUID()))));

    assertThat(store.delete(id)).isEqualTo(failed(new StoreFailure.Missing(id)));

    assertThat(half.directory()).doesNotExist();
    assertThat(other.directory()).exists();
  }

  @Test
  void sweepRemovesOldStagingOnly() throws IOException {
    StagedImage old = ok(store.stage(id));
    Files.setLastModifiedTime(old.directory(), FileTime.from(NOW.minus(Duration.ofHours(2))));
    StagedImage young = ok(store.stage(new ImageId("worker-2", UUID.randomUUID())));
    Files.setLastModifiedTime(young.directory(), FileTime.from(NOW.minus(Duration.ofMinutes(1))));

    assertThat(ok(store.sweep(Duration.ofHours(1)))).isEqualTo(1);
    assertThat(old.directory()).doesNotExist();
    assertThat(young.directory()).exists();
  }

  @Test
  void onlyLocalDirectoriesAreStores() {
    assertThat(ImageStore.open(URI.create("s3a://bucket/x"), InstantSource.system()))
        .isInstanceOf(Stored.Failed.class);
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
    return ok(store.publish(fill(ok(store.stage(image))), metadata(image)));
  }

  private static StagedImage fill(StagedImage staged) throws IOException {
    Files.createDirectory(staged.directory().resolve("criu"));
    Files.write(staged.directory().resolve("criu/pages-1.img"), new byte[3_000_001]);
    Files.writeString(staged.directory().resolve("layer.tar"), "layer");
    return staged;
  }

  private static ImageMetadata metadata(ImageId id) {
    return new ImageMetadata(
        id,
        Optional.of(new UUID(1, 2)),
        "capsule",
        65534,
        65534,
        "spec",
        NOW,
        123,
        new HostFingerprint("6.1", "cpu", "00", "criu 4.2.1"));
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
