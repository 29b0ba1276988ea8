package io.dormouse.cli.image;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.checkpoint.images.upkeep.OwnerUsage;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import io.dormouse.cli.TextTable;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code dormouse image usage}. */
@Command(
    name = "usage",
    description = {
      "Tells what each owner stores, and how many byte-hours that was: for charge-back.",
      "Agents note once an hour what is stored; between two notes all counts as it was at the first."
    })
final class ImageUsageCommand extends BaseCommand {
  private static final double GIB = 1 << 30;

  @Mixin private final StoreOptions store = new StoreOptions();

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Begin, as 2026-11-01T00:00:00Z (default: 30 days before the end).")
  private String from = "";

  @Option(names = "--to", paramLabel = "TIME", description = "End (default: now).")
  private String to = "";

  @Override
  protected ExitCode run(Console console) {
    Instant now = Instant.now();
    Instant end = to.isEmpty() ? now : instant("--to", to);
    Instant begin = from.isEmpty() ? end.minus(Duration.ofDays(30)) : instant("--from", from);
    if (!begin.isBefore(end) || end.isAfter(now)) {
      throw badUsage(
          "The time from %s to %s must be in the past, and not be empty.".formatted(begin, end),
          "Maybe leave out --to.");
    }
    List<OwnerUsage> owners = Answers.value(store.openExisting().upkeep().usage(begin, end));
    console.json(json(owners, begin, end));
    console.text(owners.isEmpty() ? "Nobody stores anything." : table(owners).toString());
    return owners.isEmpty() ? ExitCode.NOTHING : ExitCode.OK;
  }

  private static Instant instant(String option, String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw badUsage(
          "The %s (%s) must be a time.".formatted(option, text),
          "Maybe write it like 2026-11-01T00:00:00Z.");
    }
  }

  private static ObjectNode json(List<OwnerUsage> owners, Instant from, Instant to) {
    ObjectNode json =
        JsonNodeFactory.instance.objectNode().put("from", from.toString()).put("to", to.toString());
    ArrayNode list = json.putArray("owners");
    for (OwnerUsage owner : owners) {
      list.addObject()
          .put("owner", owner.ownerUid())
          .put("images", owner.images())
          .put("stored_bytes", owner.storedBytes())
          .put("byte_hours", owner.byteHours());
    }
    return json;
  }

  private static TextTable table(List<OwnerUsage> owners) {
    TextTable table = new TextTable("OWNER", "IMAGES", "STORED", "GIB-HOURS");
    for (OwnerUsage owner : owners) {
      table.row(
          Long.toString(owner.ownerUid()),
          Integer.toString(owner.images()),
          Long.toString(owner.storedBytes()),
          String.format(Locale.ROOT, "%.3f", owner.byteHours() / GIB));
    }
    return table;
  }
}
