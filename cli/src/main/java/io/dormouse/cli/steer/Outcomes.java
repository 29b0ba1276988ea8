package io.dormouse.cli.steer;

import com.fasterxml.jackson.databind.JsonNode;
import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.Console;
import io.dormouse.cli.view.ControllerClient;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Waits for what came of a decision, whoever leads meanwhile. */
final class Outcomes {
  private static final Duration PAUSE = Duration.ofMillis(300);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final ControllerClient client;
  private final Console console;
  private final String what;

  /**
   * @param what goes on, for people
   */
  Outcomes(ControllerClient client, Console console, String what) {
    this.client = client;
    this.console = console;
    this.what = what;
  }

  /** What came of it; empty where nothing did in time. Shows on a terminal that it waits. */
  Optional<JsonNode> await(String decision, Duration timeout) throws InterruptedException {
    String path = "explain/" + URLEncoder.encode(decision, StandardCharsets.UTF_8);
    boolean shows = Console.isTerminal();
    long start = System.nanoTime();
    Optional<JsonNode> outcome = outcome(path);
    for (long past = 0;
        outcome.isEmpty() && past < timeout.toNanos();
        past = System.nanoTime() - start) {
      if (shows && past > PATIENCE.toNanos()) {
        console.raw("\r%s: %d s ".formatted(what, Duration.ofNanos(past).toSeconds()));
      }
      Thread.sleep(PAUSE.toMillis());
      outcome = outcome(path);
    }
    if (shows && System.nanoTime() - start > PATIENCE.toNanos()) {
      console.raw("\r\033[K");
    }
    return outcome;
  }

  private Optional<JsonNode> outcome(String path) throws InterruptedException {
    try {
      JsonNode outcomes = client.get(path).path("outcomes");
      return outcomes.isEmpty() ? Optional.empty() : Optional.of(outcomes.get(0));
    } catch (CommandFailure notYet) {
      // The history is written a moment later, and a controller may be started anew.
      return Optional.empty();
    }
  }
}
