package io.dormouse.checkpoint.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.data.Percentage.withPercentage;

import io.dormouse.checkpoint.images.VerifyResult.Verified;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that are published, and read again. */
class PackedImageStoreTest extends PackedStoreCase {
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
  void missingAndCutPartsAreFound() throws IOException {
    publish(id, Arrays.copyOf(pages(), 300_000));
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

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../x", "a/b", "a b", ".hidden", "a\n"})
  void namesThatAreNoNamesAreRefused(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ImageId(name, UUID.randomUUID()))
        .withMessageContaining("Maybe");
  }
}
