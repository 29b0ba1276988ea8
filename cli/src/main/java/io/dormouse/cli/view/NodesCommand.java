package io.dormouse.cli.view;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dormouse nodes}. */
@Command(name = "nodes", description = "Shows the nodes and what they can hold.")
public final class NodesCommand extends ListCommand {
  @Option(
      names = "--for",
      paramLabel = "INSTANCE",
      description = "Shows on which nodes it can be restored, and what speaks against the others.")
  private Optional<String> instance = Optional.empty();

  /** An id may have slashes in it, which stay. */
  @Override
  String path() {
    return instance.map(id -> "verdicts/" + encoded(id)).orElse("nodes");
  }

  private static String encoded(String id) {
    return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20").replace("%2F", "/");
  }

  @Override
  String listName() {
    return "nodes";
  }

  @Override
  List<String> fields() {
    return instance.isPresent()
        ? List.of("id", "restorable", "reasons")
        : List.of("id", "pool", "healthy", "memoryBytes", "allocatedBytes");
  }
}
