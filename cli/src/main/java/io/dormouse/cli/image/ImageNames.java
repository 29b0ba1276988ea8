package io.dormouse.cli.image;

import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.ExitCode;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which image of the store. */
final class ImageNames {
  private static final int LISTED_MAX = 20;

  @Option(names = "--name", required = true, description = "The instance's name.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String name;

  @Option(
      names = "--generation",
      converter = GenerationId.class,
      description = "Which life of it, by its id (see `dormouse image list`).")
  private Optional<UUID> generation = Optional.empty();

  /** Whether a generation is named. */
  boolean isOne() {
    return generation.isPresent();
  }

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

  /** The one that is named, or the newest; its manifest may be unreadable. */
  Image find(ImageStore store) {
    return find(store, images -> images.get(images.size() - 1));
  }

  /**
   * The one that is named, or the only one; its manifest may be unreadable.
   *
   * @param newest whether the newest of several is meant
   */
  Image findOnly(ImageStore store, boolean newest) {
    return find(store, images -> only(images, newest));
  }

  /** The same of those that nobody has woken yet, where there are any. */
  Image findOnlyUnclaimed(ImageStore store, boolean newest) {
    return find(
        store,
        images -> {
          List<Image> unclaimed =
              images.stream().filter(image -> !ImageJson.status(image).equals("claimed")).toList();
          return only(unclaimed.isEmpty() ? images : unclaimed, newest);
        });
  }

  private static Image only(List<Image> images, boolean newest) {
    if (images.size() > 1 && !newest) {
      throw several(images);
    }
    return images.get(images.size() - 1);
  }

  private Image find(ImageStore store, Choice choice) {
    String instance = checked(name);
    Image image =
        generation
            .map(id -> store.show(new ImageId(instance, id)))
            .orElseGet(() -> choice.of(findAll(store)));
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

  private static CommandFailure several(List<Image> images) {
    String listed =
        images.stream()
            .skip(Math.max(0, images.size() - LISTED_MAX))
            .map(image -> "%n  %s  %s".formatted(image.id().generation(), created(image)))
            .collect(Collectors.joining());
    return new CommandFailure(
        ExitCode.BAD_USAGE,
        "There are %d images of that name, the newest last:%s".formatted(images.size(), listed),
        "Maybe name one with --generation, or say --newest.");
  }

  private static String created(Image image) {
    return image instanceof Image.Published published
        ? published.manifest().metadata().createdAt().toString()
        : "unreadable";
  }

  /** Picks one of at least one image, oldest first. */
  private interface Choice {
    Image of(List<Image> images);
  }

  /** Reads the id of a generation. */
  static final class GenerationId implements ITypeConverter<UUID> {
    @Override
    public UUID convert(String text) {
      try {
        return UUID.fromString(text);
      } catch (IllegalArgumentException malformed) {
        throw new TypeConversionException(
            "'%s' is not the id of a generation, like 6a1f0c9e-0d3b-4c53-9a56-3f1f5f0f7c11.%nMaybe see `dormouse image list`."
                .formatted(text));
      }
    }
  }

  private static CommandFailure nothing(String what) {
    return new CommandFailure(
        ExitCode.NOTHING,
        "There is no image %s in the store.".formatted(what),
        "Maybe see `dormouse image list`, or give another --store.");
  }
}
