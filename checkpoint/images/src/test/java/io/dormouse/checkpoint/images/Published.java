package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.hosts.HostFingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;

/** Images for tests. */
final class Published {
  static final byte[] LAYER = "layer".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  private Published() {}

  static ImageId fresh() {
    return new ImageId("web", UUID.randomUUID());
  }

  /** Memory that does not compress. */
  static byte[] pages(int bytes) {
    byte[] pages = new byte[bytes];
    new Random(bytes).nextBytes(pages);
    return pages;
  }

  static Stored<Image.Published> publish(ImageStore store, ImageId id, byte[] pages)
      throws IOException {
    return publish(store, id, pages, Instant.EPOCH);
  }

  /** {@code createdAt}: by its node's clock. */
  static Stored<Image.Published> publish(
      ImageStore store, ImageId id, byte[] pages, Instant createdAt) throws IOException {
    StagedImage staged = ok(store.stage(ExpectedImage.of(id, 1)));
    Path criu = Files.createDirectory(staged.directory().resolve("criu"));
    Files.write(criu.resolve("pages-1.img"), pages);
    Files.write(staged.directory().resolve("layer.tar"), LAYER);
    return store.publish(staged, metadata(id, createdAt));
  }

  /** One of an instance that ran on. */
  static Stored<Image.Published> publishDraft(ImageStore store, ImageId id) throws IOException {
    StagedImage staged = ok(store.stage(ExpectedImage.of(id, 1)));
    Files.write(staged.directory().resolve("layer.tar"), LAYER);
    return store.publish(staged, metadata(id, Instant.EPOCH, ImageMetadata.DRAFT));
  }

  static ImageMetadata metadata(ImageId id) {
    return metadata(id, Instant.EPOCH);
  }

  private static ImageMetadata metadata(ImageId id, Instant createdAt) {
    return metadata(id, createdAt, "capsule");
  }

  private static ImageMetadata metadata(ImageId id, Instant createdAt, String engine) {
    return new ImageMetadata(
        id,
        Optional.empty(),
        engine,
        1,
        1,
        "spec",
        createdAt,
        1,
        HostFingerprint.early("k", "c", "t"));
  }

  static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        Files.createDirectories(target.getParent());
        Files.copy(path, target, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  static <T> T ok(Stored<T> stored) {
    if (stored instanceof Stored.Failed<T> failed) {
      throw new AssertionError(failed.failure().message());
    }
    return ((Stored.Ok<T>) stored).value();
  }

  static <T> StoreFailure failure(Stored<T> stored) {
    if (stored instanceof Stored.Failed<T> failed) {
      return failed.failure();
    }
    throw new AssertionError("It must have failed: " + stored);
  }
}
