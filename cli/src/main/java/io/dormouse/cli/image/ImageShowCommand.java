package io.dormouse.cli.image;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import io.dormouse.cli.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code dormouse image show}. */
@Command(
    name = "show",
    description = "Shows one image, the newest of the name by default; does not check its files.")
final class ImageShowCommand extends BaseCommand {
  @Mixin private final StoreOptions store = new StoreOptions();
  @Mixin private final ImageNames names = new ImageNames();

  @Override
  protected ExitCode run(Console console) {
    Image image = names.find(store.openExisting());
    ObjectNode json = ImageJson.of(image);
    TextTable table = new TextTable("what", "value");
    json.properties().forEach(field -> table.row(field.getKey(), field.getValue().asText("-")));
    if (image instanceof Image.Unreadable unreadable) {
      json.put("reason", unreadable.reason());
      table.row("reason", unreadable.reason());
    }
    console.text(table.toString());
    console.json(json);
    return ExitCode.OK;
  }
}
