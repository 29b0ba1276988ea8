package io.dormouse.cli.view;

import com.fasterxml.jackson.databind.JsonNode;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import io.dormouse.cli.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code dormouse status}. */
@Command(name = "status", description = "Shows how the controller is.")
public final class StatusCommand extends BaseCommand {
  @Mixin private final ControllerOptions controller = new ControllerOptions();

  @Override
  protected ExitCode run(Console console) throws InterruptedException {
    JsonNode status = controller.client().get("status");
    TextTable table = new TextTable("what", "value");
    status
        .properties()
        .forEach(
            field ->
                table.row(
                    field.getKey(),
                    field.getValue().isValueNode()
                        ? field.getValue().asText()
                        : field.getValue().toString()));
    console.text(table.toString());
    console.json(status);
    return ExitCode.OK;
  }
}
