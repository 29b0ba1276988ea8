package io.dormouse.cli.image;

import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.StoreAddress;
import io.dormouse.checkpoint.images.StoreLocation;
import io.dormouse.checkpoint.images.keys.KeyRing;
import io.dormouse.checkpoint.images.keys.StoreKeys;
import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.ExitCode;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which image store. */
final class StoreOptions {
  @Option(
      names = "--store",
      paramLabel = "URI",
      description = {
        "The image store, as in file:/var/lib/dormouse/images, hdfs://host:8020/dormouse/images or"
            + " s3a://bucket/dormouse (default: ~/.local/share/dormouse/images)."
      })
  private Optional<String> store = Optional.empty();

  @Option(
      names = "--keys",
      paramLabel = "DIR",
      description = {
        "The store's keys: the same directory for all who share images (default: beside a local"
            + " store, else ~/.local/share/dormouse/keys)."
      })
  private Optional<Path> keys = Optional.empty();

  @Option(
      names = "--hadoop-conf",
      paramLabel = "DIR",
      description = {
        "For hdfs: and s3a:, the directory with core-site.xml, where credentials are too (default:"
            + " $HADOOP_CONF_DIR)."
      })
  private Optional<Path> hadoopConf =
      Optional.ofNullable(System.getenv("HADOOP_CONF_DIR")).map(Path::of);

  /** One that is there: what only reads makes none. */
  ImageStore openExisting() {
    return Answers.value(ImageStore.openExisting(location(), InstantSource.system()));
  }

  /** One that is made where it is missing. */
  ImageStore open() {
    return Answers.value(ImageStore.open(location(), InstantSource.system()));
  }

  /**
   * Another one, which is made where it is missing.
   *
   * @param otherKeys where its keys are; if empty, where those of such a store usually are
   */
  ImageStore openOther(String address, Optional<Path> otherKeys) {
    URI uri = Answers.value(StoreAddress.parse(address));
    return Answers.value(ImageStore.open(location(uri, otherKeys), InstantSource.system()));
  }

  /** Its keys, which must be there: nothing is made. */
  KeyRing existingKeys() {
    Path directory = location().keys();
    if (!StoreKeys.areIn(directory)) {
      throw new CommandFailure(
          ExitCode.NOTHING,
          "There are no keys in %s.".formatted(directory),
          "Maybe name their directory with --keys, or their store with --store.");
    }
    return new KeyRing(directory);
  }

  private StoreLocation location() {
    URI uri =
        store
            .map(text -> Answers.value(StoreAddress.parse(text)))
            .orElseGet(() -> home().resolve("images").toUri());
    return location(uri, keys);
  }

  private static Path home() {
    return Path.of(System.getProperty("user.home"), ".local/share/dormouse");
  }

  private StoreLocation location(URI uri, Optional<Path> keys) {
    StoreLocation usual = StoreLocation.of(uri, home());
    StoreLocation keyed = keys.map(usual::withKeys).orElse(usual);
    return hadoopConf.map(keyed::withHadoopConfiguration).orElse(keyed);
  }
}
