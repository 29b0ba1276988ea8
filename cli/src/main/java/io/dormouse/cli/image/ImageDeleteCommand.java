package io.dormouse.cli.image;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dormouse image delete}. */
@Command(name = "delete", description = "Deletes an image for good.")
final class ImageDeleteCommand extends BaseCommand {
  @Mixin private final StoreOptions store = new StoreOptions();
  @Mixin private final ImageNames names = new ImageNames();

  @Option(names = "--all", description = "Delete all images of the instance.")
  private boolean all;

  @Option(names = "--newest", description = "The newest one, where there are several.")
  private boolean newest;

  @Override
  protected ExitCode run(Console console) {
    if (all && (newest || names.isOne())) {
      throw badUsage(
          "The --all deletes every image of the instance, so it takes no --newest or --generation.",
          "Maybe leave --all out.");
    }
    ImageStore images = store.openExisting();
    List<Image> doomed = all ? names.findAll(images) : List.of(names.findOnly(images, newest));
    ArrayNode deleted = JsonNodeFactory.instance.arrayNode();
    for (Image image : doomed) {
      Answers.value(
          StoreWork.reading("Deleting " + image.id(), images)
              .run(console, () -> images.delete(image.id())));
      deleted.add(ImageJson.of(image, "deleted"));
      console.text("Deleted " + image.id());
    }
    console.json(JsonNodeFactory.instance.objectNode().set("images", deleted));
    return ExitCode.OK;
  }
}
