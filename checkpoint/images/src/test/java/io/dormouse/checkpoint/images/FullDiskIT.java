package io.dormouse.checkpoint.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.checkpoint.hosts.HostFingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store on a file system of half a megabyte. */
class FullDiskIT {
  @Test
  void fullDiskIsATypedFailureAndNoImage(@TempDir Path directory) throws Exception {
    assumeTrue(
        System.getProperty("user.name").equals("root"), "mounting a small file system needs root");
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", directory.toString()) == 0,
        "mounting a tmpfs is not allowed here");
    try {
      ImageStore store =
          ((Stored.Ok<ImageStore>) ImageStore.open(directory.toUri(), InstantSource.system()))
              .value();
      ImageId id = new ImageId("w", UUID.randomUUID());
      StagedImage staged = ((Stored.Ok<StagedImage>) store.stage(ExpectedImage.of(id, 0))).value();
      fill(staged.directory().resolve("pages"));

      Stored<Image.Published> published = store.publish(staged, metadata(id));

      assertThat(published)
          .isInstanceOfSatisfying(
              Stored.Failed.class,
              f -> assertThat(f.failure()).isInstanceOf(StoreFailure.DiskFull.class));
      assertThat(store.show(id)).isInstanceOf(Image.Missing.class);
      assertThat(store.discard(staged)).isInstanceOf(Stored.Ok.class);
    } finally {
      assertThat(run("umount", directory.toString())).isZero();
    }
  }

  private static void fill(Path file) throws IOException {
    try (var out = Files.newOutputStream(file)) {
      byte[] page = new byte[4096];
      Random random = new Random(1);
      for (int i = 0; i < 80; i++) {
        random.nextBytes(page);
        out.write(page);
      }
    }
  }

  private static ImageMetadata metadata(ImageId id) {
    return new ImageMetadata(
        id,
        Optional.empty(),
        "capsule",
        0,
        0,
        "s",
        Instant.EPOCH,
        0,
        HostFingerprint.early("k", "c", "t"));
  }

  private static int run(String... argv) throws IOException, InterruptedException {
    return new ProcessBuilder(argv)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
