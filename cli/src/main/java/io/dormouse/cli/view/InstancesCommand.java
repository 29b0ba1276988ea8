package io.dormouse.cli.view;

import java.util.List;
import picocli.CommandLine.Command;

/** {@code dormouse instances}. */
@Command(
    name = "instances",
    description = "Shows the instances and where they are between running and gone.")
public final class InstancesCommand extends ListCommand {
  @Override
  String path() {
    return "instances";
  }

  @Override
  String listName() {
    return "instances";
  }

  @Override
  List<String> fields() {
    return List.of("id", "class", "node", "phase", "level", "allocatedBytes", "noImage");
  }
}
