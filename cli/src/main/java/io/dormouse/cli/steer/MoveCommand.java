package io.dormouse.cli.steer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import io.dormouse.cli.up.run.DurationText;
import io.dormouse.cli.view.ControllerClient;
import io.dormouse.cli.view.ControllerOptions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dormouse move INSTANCE}. */
@Command(
    name = "move",
    description =
        "Moves an idle instance to another node, where it goes on as it was, and waits for that.")
public final class MoveCommand extends BaseCommand {
  private static final int NAME_MAX = 200;

  @Mixin private final ControllerOptions controller = new ControllerOptions();

  @Parameters(paramLabel = "INSTANCE", description = "Its id, as `dormouse instances` shows it.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String instance;

  @Option(
      names = "--to",
      paramLabel = "NODE",
      description =
          "Where to, by the scheduler's or the agent's name, as `dormouse nodes --json` shows them;"
              + " any node that can take it where left out.")
  private Optional<String> to = Optional.empty();

  @Option(names = "--reason", paramLabel = "TEXT", description = "Kept with the decision.")
  private Optional<String> reason = Optional.empty();

  @Option(names = "--dry-run", description = "Only say where it would go, or what is against it.")
  private boolean dryRun;

  @Option(names = "--no-wait", description = "Return as soon as it has begun.")
  private boolean noWait;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "10m",
      converter = DurationText.class,
      description = "How long to wait for its end (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Duration timeout;

  @Override
  protected ExitCode run(Console console) throws InterruptedException {
    requireName("INSTANCE", instance);
    to.ifPresent(node -> requireName("--to", node));
    ControllerClient client = controller.client();
    JsonNode begun = client.post("move", parameters());
    String node = begun.path("to").asText();
    if (dryRun || noWait) {
      console.text((dryRun ? "would move to " : "moves to ") + node);
      console.json(begun);
      return ExitCode.OK;
    }
    Optional<JsonNode> outcome =
        new Outcomes(client, console, "moves to " + node)
            .await(begun.path("decision").asText(), timeout);
    return outcome.isPresent() ? ended(console, begun, outcome.get()) : late(console, begun);
  }

  private Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("instance", instance);
    to.ifPresent(node -> parameters.put("to", node));
    reason.ifPresent(text -> parameters.put("reason", text));
    parameters.put("dryRun", Boolean.toString(dryRun));
    return parameters;
  }

  private static ExitCode ended(Console console, JsonNode begun, JsonNode outcome) {
    String result = outcome.path("result").asText();
    boolean done = result.equals("DONE");
    String why = outcome.path("reason").asText();
    if (done) {
      console.text(
          "moved to %s in %.1f s"
              .formatted(begun.path("to").asText(), outcome.path("totalSeconds").asDouble()));
    } else {
      console.note(
          "The move of %s to %s was not done (%s): %s%nMaybe `dormouse explain %s` says more."
              .formatted(
                  begun.path("instance").asText(),
                  begun.path("to").asText(),
                  result,
                  why,
                  begun.path("decision").asText()));
    }
    console.json(
        document(begun, result)
            .put("reason", why)
            .put("totalSeconds", outcome.path("totalSeconds").asDouble()));
    return done ? ExitCode.OK : ExitCode.FAILED;
  }

  private ExitCode late(Console console, JsonNode begun) {
    console.note(
        "The move of %s to %s has not ended within %d s.%nMaybe it does later: see `dormouse explain %s`."
            .formatted(
                instance,
                begun.path("to").asText(),
                timeout.toSeconds(),
                begun.path("decision").asText()));
    console.json(document(begun, "UNKNOWN"));
    return ExitCode.FAILED;
  }

  private static ObjectNode document(JsonNode begun, String result) {
    return begun.<ObjectNode>deepCopy().put("result", result);
  }

  private static void requireName(String what, String name) {
    if (name.isBlank() || name.length() > NAME_MAX) {
      throw badUsage(
          "The %s (%s) must be 1 to %d characters.".formatted(what, name, NAME_MAX),
          "Maybe see `dormouse instances` and `dormouse nodes`.");
    }
  }
}
