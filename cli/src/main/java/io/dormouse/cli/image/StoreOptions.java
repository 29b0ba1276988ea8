package io.dormouse.cli.image;

import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.ExitCode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which image store. */
final class StoreOptions {
  @Option(
      names = "--store",
      description =
          "The image store, as in file:/var/lib/dormouse/images (default: ~/.local/share/dormouse/images).")
  private Optional<URI> store = Optional.empty();

  /** One that is there: what only reads makes none. */
  ImageStore openExisting() {
    URI uri = store.orElseGet(StoreOptions::ofTheUser);
    // Without a path, as in file:images, it is no place at all, which opening it will say.
    boolean isPlace = "file".equals(uri.getScheme()) && uri.getPath() != null;
    if (isPlace && !Files.isDirectory(Path.of(uri.getPath()))) {
      throw new CommandFailure(
          ExitCode.NOTHING,
          "There is no image store %s.".formatted(uri),
          "Maybe it is another one: name it with --store.");
    }
    return open();
  }

  /** One that is made where it is missing. */
  ImageStore open() {
    URI uri = store.orElseGet(StoreOptions::ofTheUser);
    if (!"file".equals(uri.getScheme())) {
      throw new CommandFailure(
          ExitCode.BAD_USAGE,
          "The --store (%s) must be a file: address.".formatted(uri),
          "Maybe write it like file:/var/lib/dormouse/images.");
    }
    return Answers.value(ImageStore.open(uri, InstantSource.system()));
  }

  private static URI ofTheUser() {
    return Path.of(System.getProperty("user.home"), ".local/share/dormouse/images").toUri();
  }
}
