package io.dormouse.cli.view;

import java.util.List;
import picocli.CommandLine.Command;

/** {@code dormouse nodes}. */
@Command(name = "nodes", description = "Shows the nodes and what they can hold.")
public final class NodesCommand extends ListCommand {
  @Override
  String path() {
    return "nodes";
  }

  @Override
  String listName() {
    return "nodes";
  }

  @Override
  List<String> fields() {
    return List.of("id", "pool", "healthy", "memoryBytes", "allocatedBytes");
  }
}
