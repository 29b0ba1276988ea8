package io.dormouse.cli.image;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code dormouse image gc}. */
@Command(
    name = "gc",
    description = {
      "Gives back the space of pages that no image uses any more; agents do so by themselves.",
      "Pages stay an hour for the next image to share, and go once all dumps that may refer to them have ended."
    })
final class ImageGcCommand extends BaseCommand {
  @Mixin private final StoreOptions store = new StoreOptions();

  @Override
  protected ExitCode run(Console console) {
    ImageStore images = store.openExisting();
    long freedBytes =
        Answers.value(
            StoreWork.reading("Looking for unused pages", images).run(console, images::collect));
    console.json(JsonNodeFactory.instance.objectNode().put("freed_bytes", freedBytes));
    console.text("Gave back %d bytes.".formatted(freedBytes));
    return ExitCode.OK;
  }
}
