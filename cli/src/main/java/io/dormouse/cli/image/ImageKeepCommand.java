package io.dormouse.cli.image;

import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.Upkeep;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dormouse image keep}. */
@Command(
    name = "keep",
    description = "Keeps an image from being removed by agents for its age or number.")
final class ImageKeepCommand extends BaseCommand {
  @Mixin private final StoreOptions store = new StoreOptions();
  @Mixin private final ImageNames names = new ImageNames();

  @Option(names = "--newest", description = "The newest one, where there are several.")
  private boolean newest;

  @Option(names = "--no-longer", description = "Take it back.")
  private boolean noLonger;

  @Override
  protected ExitCode run(Console console) {
    ImageStore images = store.openExisting();
    Image image = names.findOnly(images, newest);
    Upkeep upkeep = images.upkeep();
    Answers.value(noLonger ? upkeep.letGo(image.id()) : upkeep.keep(image.id()));
    console.json(ImageJson.of(image).put("kept", !noLonger));
    console.text((noLonger ? "No longer kept: " : "Kept: ") + image.id());
    return ExitCode.OK;
  }
}
