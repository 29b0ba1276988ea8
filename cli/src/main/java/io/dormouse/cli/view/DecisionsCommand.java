package io.dormouse.cli.view;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dormouse decisions}. */
@Command(name = "decisions", description = "Shows the last decisions, newest first.")
public final class DecisionsCommand extends ListCommand {
  @Option(
      names = "--limit",
      defaultValue = "50",
      description = "How many at most (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Override
  String path() {
    if (limit < 1 || limit > 10_000) {
      throw badUsage(
          "The --limit (%d) must be between 1 and 10000.".formatted(limit),
          "Maybe the controller keeps no more than that.");
    }
    return "decisions?limit=" + limit;
  }

  @Override
  String listName() {
    return "decisions";
  }

  @Override
  List<String> fields() {
    return List.of("id", "at", "action", "instance", "reason");
  }
}
