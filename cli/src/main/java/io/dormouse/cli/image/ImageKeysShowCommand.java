package io.dormouse.cli.image;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.checkpoint.images.keys.KeyFacts;
import io.dormouse.checkpoint.images.keys.KeyRing;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import io.dormouse.cli.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code dormouse image keys show}. */
@Command(
    name = "show",
    description = {
      "Tells which keys there are, by ids that tell nothing of them. The store is not touched.",
      "Ends with 1 when an owner's key can't be read."
    })
final class ImageKeysShowCommand extends BaseCommand {
  @Mixin private final StoreOptions store = new StoreOptions();

  @Override
  protected ExitCode run(Console console) {
    KeyRing ring = store.existingKeys();
    KeyFacts facts = Answers.value("read the keys", ring::facts);
    console.json(json(facts));
    console.text(text(facts));
    return facts.domains().stream().allMatch(domain -> domain.master().isPresent())
        ? ExitCode.OK
        : ExitCode.FAILED;
  }

  private static ObjectNode json(KeyFacts facts) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("directory", facts.directory().toString());
    json.put("master", facts.master());
    facts.older().forEach(json.putArray("older")::add);
    facts.retired().forEach(json.putArray("retired")::add);
    json.put("rotating", facts.isRotating());
    ArrayNode domains = json.putArray("domains");
    for (KeyFacts.Domain domain : facts.domains()) {
      domains
          .addObject()
          .put("domain", domain.name())
          .put("master", domain.master().orElse(null))
          .put("status", status(facts, domain))
          .put("trouble", domain.trouble().isEmpty() ? null : domain.trouble());
    }
    return json;
  }

  private static String text(KeyFacts facts) {
    StringBuilder text = new StringBuilder();
    text.append(
        "Keys in %s, under the master key %s%n".formatted(facts.directory(), facts.master()));
    if (!facts.retired().isEmpty()) {
      text.append("Retired: %s%n".formatted(String.join(", ", facts.retired())));
    }
    if (facts.isRotating()) {
      text.append(
          "A rotation from %s has not ended; `dormouse image keys rotate` ends it.%n"
              .formatted(String.join(", ", facts.older())));
    }
    TextTable table = new TextTable("OWNER'S KEY", "UNDER", "STATUS");
    facts
        .domains()
        .forEach(
            domain -> table.row(domain.name(), domain.master().orElse("-"), status(facts, domain)));
    facts.domains().stream()
        .filter(domain -> !domain.trouble().isEmpty())
        .forEach(domain -> text.append(domain.trouble()).append(System.lineSeparator()));
    return text + (facts.domains().isEmpty() ? "No owner has a key yet." : table.toString());
  }

  private static String status(KeyFacts facts, KeyFacts.Domain domain) {
    return domain
        .master()
        .map(master -> master.equals(facts.master()) ? "current" : "older")
        .orElse("unreadable");
  }
}
