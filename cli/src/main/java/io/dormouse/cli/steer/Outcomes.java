package io.dormouse.cli.steer;

import com.fasterxml.jackson.databind.JsonNode;
import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.Console;
import io.dormouse.cli.Progress;
import io.dormouse.cli.view.ControllerClient;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Waits for what came of a decision, whoever leads meanwhile. */
final class Outcomes {
  private static final long FIRST_PAUSE_MILLIS = 10;
  private static final long PAUSE_MILLIS_MAX = 300;

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

  /** What came of it; empty where nothing did in time. */
  Optional<JsonNode> await(String decision, Duration timeout) throws InterruptedException {
    String path = "explain/" + URLEncoder.encode(decision, StandardCharsets.UTF_8);
    long start = System.nanoTime();
    return Progress.during(
        console,
        () -> "%s: %d s".formatted(what, Duration.ofNanos(System.nanoTime() - start).toSeconds()),
        () -> await(path, start, timeout));
  }

  private Optional<JsonNode> await(String path, long startNanos, Duration timeout)
      throws InterruptedException {
    Optional<JsonNode> outcome = outcome(path);
    long pauseMillis = FIRST_PAUSE_MILLIS;
    while (outcome.isEmpty() && System.nanoTime() - startNanos < timeout.toNanos()) {
      Thread.sleep(pauseMillis);
      pauseMillis = Math.min(2 * pauseMillis, PAUSE_MILLIS_MAX);
      outcome = outcome(path);
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
