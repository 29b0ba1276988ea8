package io.dormouse.checkpoint.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.hosts.HostFingerprint;
import io.dormouse.checkpoint.images.VerifyResult.Corrupt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A store in a directory, with a clock that stands still. */
abstract class PackedStoreCase {
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  final ImageId id = new ImageId("worker-1", UUID.randomUUID());
  Path root;
  ImageStore store;

  @BeforeEach
  void open(@TempDir Path temporary) {
    root = temporary.resolve("store");
    store = ok(ImageStore.open(root.toUri(), InstantSource.fixed(NOW)));
  }

  Corrupt corruption() {
    VerifyResult result = store.verify(id);
    assertThat(result).isInstanceOf(Corrupt.class);
    return (Corrupt) result;
  }

  Image.Published publish(ImageId image) throws IOException {
    return publish(image, pages());
  }

  Image.Published publish(ImageId image, byte[] pages) throws IOException {
    return ok(store.publish(fill(ok(store.stage(expected(image))), pages), metadata(image)));
  }

  static byte[] pages() {
    byte[] pages = new byte[3_000_001];
    new Random(7).nextBytes(pages);
    return pages;
  }

  static StagedImage fill(StagedImage staged) throws IOException {
    return fill(staged, pages());
  }

  static StagedImage fill(StagedImage staged, byte[] pages) throws IOException {
    Files.createDirectory(staged.directory().resolve("criu"));
    Files.write(staged.directory().resolve("criu/pages-1.img"), pages);
    Files.writeString(staged.directory().resolve("layer.tar"), "layer");
    return staged;
  }

  Path manifest(ImageId image) {
    return root.resolve(
        "images/%s/%s/manifest.json".formatted(image.instance(), image.generation()));
  }

  List<Path> spool() throws IOException {
    return files("staging");
  }

  List<Path> files(String folder) throws IOException {
    if (!Files.exists(root.resolve(folder))) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(root.resolve(folder))) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  static ExpectedImage expected(ImageId id) {
    return ExpectedImage.of(id, 65534);
  }

  static ImageMetadata metadata(ImageId id) {
    return metadata(id, 65534);
  }

  static ImageMetadata metadata(ImageId id, long owner) {
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

  static <T> T ok(Stored<T> stored) {
    if (stored instanceof Stored.Failed<T> failed) {
      throw new AssertionError(failed.failure().message());
    }
    return ((Stored.Ok<T>) stored).value();
  }

  static <T> Stored<T> failed(StoreFailure failure) {
    return new Stored.Failed<>(failure);
  }
}
