package io.dormouse.cli.image;

import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.ExitCode;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import picocli.CommandLine.Option;

/** Which image of the store. */
final class ImageNames {
  @Option(names = "--name", required = true, description = "The instance's name.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String name;

  @Option(names = "--generation", description = "Which life of it (default: the newest image).")
  private Optional<UUID> generation = Optional.empty();

  static String checked(String name) {
    if (!ImageId.isValidName(name)) {
      throw new CommandFailure(
          ExitCode.BAD_USAGE,
          "The --name (%s) must match [A-Za-z0-9._-]{1,128} and not start with a dot."
              .formatted(name.length() > 160 ? name.substring(0, 160) + "…" : name),
          "Maybe a path was given instead of a name.");
    }
    return name;
  }

  /** The image; its manifest may be unreadable. */
  Image find(ImageStore store) {
    String instance = checked(name);
    Image image =
        generation
            .map(id -> store.show(new ImageId(instance, id)))
            .orElseGet(() -> newest(store, instance));
    if (image instanceof Image.Missing missing) {
      throw nothing(missing.id().toString());
    }
    return image;
  }

  /** All images of the instance, oldest first; at least one. */
  List<Image> findAll(ImageStore store) {
    String instance = checked(name);
    List<Image> images = Answers.value(store.list(instance));
    if (images.isEmpty()) {
      throw nothing("of " + instance);
    }
    return images;
  }

  private static Image newest(ImageStore store, String instance) {
    List<Image> images = Answers.value(store.list(instance));
    if (images.isEmpty()) {
      throw nothing("of " + instance);
    }
    return images.get(images.size() - 1);
  }

  private static CommandFailure nothing(String what) {
    return new CommandFailure(
        ExitCode.NOTHING,
        "There is no image %s in the store.".formatted(what),
        "Maybe see `dormouse image list`, or give another --store.");
  }
}
