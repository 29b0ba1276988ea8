package io.dormouse.cli.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.hosts.HostFingerprint;
import io.dormouse.checkpoint.images.ExpectedImage;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageMetadata;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.StagedImage;
import io.dormouse.checkpoint.images.Stored;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;

/** Images of the instance {@code web} in a local store. */
record SampleImages(Path folder) {

  ImageStore open() {
    return ok(ImageStore.open(folder.toUri(), InstantSource.system()));
  }

  /** Publishes one that was made at a second of 1970; where its manifest is. */
  Path publish(UUID generation, int second) throws IOException {
    ImageStore store = open();
    ImageId id = id(generation);
    StagedImage staged = ok(store.stage(ExpectedImage.of(id, 0)));
    Files.writeString(staged.directory().resolve("pages.img"), "not pages");
    Image.Published published =
        ok(
            store.publish(
                staged,
                new ImageMetadata(
                    id,
                    Optional.empty(),
                    "capsule",
                    0,
                    0,
                    "spec",
                    Instant.ofEpochSecond(second),
                    4096,
                    HostFingerprint.early("6.18", "cpu", "criu 4.2.1"))));
    return folder.resolve("images/web/%s/manifest.json".formatted(published.id().generation()));
  }

  static ImageId id(UUID generation) {
    return new ImageId("web", generation);
  }

  private static <T> T ok(Stored<T> stored) {
    assertThat(stored).isInstanceOf(Stored.Ok.class);
    return ((Stored.Ok<T>) stored).value();
  }
}
