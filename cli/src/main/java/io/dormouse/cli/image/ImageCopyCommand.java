package io.dormouse.cli.image;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageCopy;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.VerifyResult;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dormouse image copy}. */
@Command(
    name = "copy",
    description = {
      "Copies an image to another store, which is made where it is missing.",
      "What the other store has of its pages already is not copied again. Where the two stores have the same keys, pages are copied as they are sealed; else they are sealed anew.",
      "An image that was woken is not copied. Afterwards both can be woken: wake only one of them."
    })
final class ImageCopyCommand extends BaseCommand {
  @Mixin private final StoreOptions store = new StoreOptions();
  @Mixin private final ImageNames names = new ImageNames();

  @Option(
      names = "--to",
      required = true,
      paramLabel = "URI",
      description = "The store it is copied to, as in file:/mnt/backup/images.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String to;

  @Option(
      names = "--to-keys",
      paramLabel = "DIR",
      description = "That store's keys (default: where --keys has them by default).")
  private Optional<Path> toKeys = Optional.empty();

  @Option(names = "--newest", description = "The newest one, where there are several.")
  private boolean newest;

  @Override
  protected ExitCode run(Console console) {
    try (ImageStore from = store.openExisting()) {
      Image image = names.findOnly(from, newest);
      try (ImageStore other = store.openOther(to, toKeys)) {
        return copy(from, image, other, console);
      }
    }
  }

  private ExitCode copy(ImageStore from, Image image, ImageStore other, Console console) {
    ImageCopy.Copied copied =
        Answers.value(
            StoreWork.reading("Copying " + image.id(), from, image)
                .run(console, () -> ImageCopy.copy(from, other, image.id())));
    VerifyResult result =
        StoreWork.reading("Verifying the copy", other, image)
            .run(console, () -> other.verify(image.id()));
    if (!(result instanceof VerifyResult.Verified)) {
      throw new CommandFailure(ExitCode.FAILED, result.message());
    }
    ObjectNode json = ImageJson.of(copied.image(), "verified");
    json.put("to", to);
    json.put("resealed", copied.resealed());
    console.json(json);
    console.text("Copied %s to %s".formatted(image.id(), to));
    return ExitCode.OK;
  }
}
