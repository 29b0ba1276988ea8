package io.dormouse.cli.image;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import io.dormouse.cli.TextTable;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dormouse image list}. */
@Command(name = "list", description = "Lists the images of a store.")
final class ImageListCommand extends BaseCommand {
  @Mixin private final StoreOptions store = new StoreOptions();

  @Option(
      names = "--stale",
      description = "Only those that no wake needs: unreadable, claimed, or not the newest.")
  private boolean stale;

  @Override
  protected ExitCode run(Console console) {
    List<Image> all = Answers.value(store.openExisting().list());
    List<Image> shown = stale ? stale(all) : all;
    TextTable table = new TextTable("INSTANCE", "GENERATION", "STORED", "CREATED", "STATUS");
    ArrayNode images = JsonNodeFactory.instance.arrayNode();
    for (Image image : shown) {
      ObjectNode json = ImageJson.of(image);
      images.add(json);
      table.row(
          image.id().instance(),
          image.id().generation().toString(),
          json.get("stored_bytes").isNull() ? "-" : json.get("stored_bytes").asText(),
          json.get("created").isNull() ? "-" : json.get("created").asText(),
          json.get("status").asText());
    }
    console.text(shown.isEmpty() ? "No images." : table.toString());
    console.json(JsonNodeFactory.instance.objectNode().set("images", images));
    return ExitCode.OK;
  }

  /** The store lists by instance, oldest first: the newest is followed by another instance. */
  private static List<Image> stale(List<Image> all) {
    List<Image> stale = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      Image image = all.get(i);
      boolean newest =
          i + 1 == all.size() || !all.get(i + 1).id().instance().equals(image.id().instance());
      if (!newest || !ImageJson.status(image).equals("published")) {
        stale.add(image);
      }
    }
    return stale;
  }
}
