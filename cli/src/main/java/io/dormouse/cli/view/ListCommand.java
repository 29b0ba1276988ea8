package io.dormouse.cli.view;

import com.fasterxml.jackson.databind.JsonNode;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import io.dormouse.cli.TextTable;
import java.util.List;
import picocli.CommandLine.Mixin;

/** Reads a list from the controller and shows some of its fields as a table. */
abstract class ListCommand extends BaseCommand {
  @Mixin private final ControllerOptions controller = new ControllerOptions();

  /** The path below {@code /api/v1/}. */
  abstract String path();

  /** The name of the list in the answer, where the answer is an object. */
  abstract String listName();

  /** Fields to show, as JSON pointers without the first slash. */
  abstract List<String> fields();

  @Override
  protected final ExitCode run(Console console) throws InterruptedException {
    JsonNode answer = controller.client().get(path());
    JsonNode list = answer.isArray() ? answer : answer.path(listName());
    console.json(answer);
    console.text(list.isEmpty() ? "None." : table(list).toString());
    return list.isEmpty() ? ExitCode.NOTHING : ExitCode.OK;
  }

  private TextTable table(JsonNode list) {
    TextTable table =
        new TextTable(fields().stream().map(ListCommand::title).toArray(String[]::new));
    for (JsonNode item : list) {
      table.row(fields().stream().map(field -> cell(item.at("/" + field))).toArray(String[]::new));
    }
    return table;
  }

  private static String title(String field) {
    return field.substring(field.lastIndexOf('/') + 1);
  }

  /** Of a list, the texts of what is in it. */
  private static String cell(JsonNode value) {
    if (value.isArray()) {
      return value.isEmpty() ? "-" : String.join("; ", value.findValuesAsText("text"));
    }
    return value.isMissingNode() || value.isNull()
        ? "-"
        : value.isValueNode() ? value.asText() : value.toString();
  }
}
