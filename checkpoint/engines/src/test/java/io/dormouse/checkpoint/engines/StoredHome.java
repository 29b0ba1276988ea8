package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.engines.DumpOptions.After;
import io.dormouse.checkpoint.hosts.HostFingerprint;
import io.dormouse.checkpoint.images.ExpectedImage;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageMetadata;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.StagedImage;
import io.dormouse.checkpoint.images.Stored;
import io.dormouse.checkpoint.images.VerifyResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A capsule whose pages stay in memory until they are published in a store, which it wakes from.
 */
final class StoredHome implements Home {
  private final CapsuleHome capsule;
  private final ImageStore store;

  StoredHome(Toolchain tools, Path directory) {
    this(tools, directory, false);
  }

  /** {@code lazy}: it runs before its pages are in. */
  StoredHome(Toolchain tools, Path directory, boolean lazy) {
    this.capsule = new CapsuleHome(tools, directory, lazy);
    this.store = value(ImageStore.open(directory.resolve("store").toUri(), InstantSource.system()));
  }

  /** What was dumped and is not published. */
  record Dump(StagedImage staged, DumpReport report) {}

  CapsuleHome capsule() {
    return capsule;
  }

  ImageStore store() {
    return store;
  }

  Dump dump() {
    ImageId id = new ImageId("survivor", UUID.randomUUID());
    StagedImage staged =
        value(
            store.stage(
                new ExpectedImage(id, NOBODY, Optional.empty(), capsule.engine()::writesOnce)));
    DumpOptions options = DumpOptions.of(After.LEAVE_FROZEN).live(true);
    return new Dump(
        staged, TestTools.ok(capsule.engine().dump(capsule.id(), staged.directory(), options)));
  }

  Stored<Image.Published> publish(Dump dump) {
    ImageMetadata metadata =
        new ImageMetadata(
            dump.staged().id(),
            Optional.empty(),
            capsule.engine().name(),
            NOBODY,
            NOBODY,
            "0".repeat(64),
            dump.report().stoppedAt(),
            dump.report().memoryBytes(),
            HostFingerprint.early("6.1", "cpu", "criu 4.2.1"));
    return store.publish(dump.staged(), metadata, dump.report().leftOut());
  }

  @Override
  public Path work() {
    return capsule.work();
  }

  @Override
  public String inside() {
    return capsule.inside();
  }

  @Override
  public void start(List<String> argv, List<Path> readOnly) throws IOException {
    capsule.start(argv, readOnly);
  }

  @Override
  public DumpReport hibernate(Path image) {
    Dump dump = dump();
    Image.Published published = value(publish(dump));
    assertThat(published.manifest().contents().fileBytes())
        .isGreaterThanOrEqualTo(dump.report().memoryBytes());
    TestTools.ok(capsule.engine().delete(capsule.id(), LIMIT));
    assertThat(store.fetch(published.manifest().id(), image))
        .isInstanceOf(VerifyResult.Verified.class);
    return dump.report();
  }

  @Override
  public void wake(Path image) {
    capsule.wake(image);
  }

  private static <T> T value(Stored<T> stored) {
    if (stored instanceof Stored.Failed<T> failed) {
      throw new AssertionError(failed.failure().message());
    }
    return ((Stored.Ok<T>) stored).value();
  }

  @Override
  public void close() {
    capsule.close();
    store.close();
  }
}
