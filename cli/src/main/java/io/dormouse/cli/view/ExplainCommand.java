package io.dormouse.cli.view;

import com.fasterxml.jackson.databind.JsonNode;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import io.dormouse.cli.TextTable;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code dormouse explain DECISION}. */
@Command(name = "explain", description = "Says in money why a decision was taken.")
public final class ExplainCommand extends BaseCommand {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,200}");

  @Mixin private final ControllerOptions controller = new ControllerOptions();

  @Parameters(paramLabel = "DECISION", description = "Its id, as `dormouse decisions` shows it.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String decision;

  @Override
  protected ExitCode run(Console console) throws InterruptedException {
    if (!ID.matcher(decision).matches()) {
      throw badUsage(
          "The DECISION (%s) must be 1 to 200 letters, digits and . _ : -".formatted(decision),
          "Maybe see `dormouse decisions` for ids.");
    }
    JsonNode record =
        controller.client().get("explain/" + URLEncoder.encode(decision, StandardCharsets.UTF_8));
    console.text(text(record));
    console.json(record);
    return ExitCode.OK;
  }

  static String text(JsonNode record) {
    StringBuilder text = new StringBuilder();
    boolean fresh = record.path("instance").isNull();
    text.append(
        "%s at %s: %s %s%n"
            .formatted(
                record.path("id").asText(),
                record.path("at").asText(),
                record.path("action").asText(),
                fresh ? "a new instance" : record.path("instance").asText()));
    text.append(record.path("reason").asText()).append(System.lineSeparator());
    TextTable terms = new TextTable("term", "USD");
    record
        .path("terms")
        .properties()
        .forEach(term -> terms.row(term.getKey(), money(term.getValue())));
    text.append(terms);
    for (JsonNode option : record.path("rejected")) {
      text.append(
          "%nnot %s (%s USD): %s"
              .formatted(
                  option.path("option").asText(),
                  money(option.path("value")),
                  option.path("reason").asText()));
    }
    return text.toString();
  }

  private static String money(JsonNode value) {
    return String.format(Locale.ROOT, "%+.9f", value.asDouble());
  }
}
