package io.dormouse.cli.up.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.cli.Console;
import io.dormouse.cli.TextTable;
import io.dormouse.cli.up.ledger.Costs;
import io.dormouse.cli.up.ledger.RunReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The end of {@code up}: what both runs came to, side by side, and why. */
final class UpReport {
  private static final int DECISIONS_SHOWN = 8;

  /** Cold starts that differ by more tell of something else on the machine. */
  private static final double UNEQUAL = 1.5;

  private static final List<String> SHOWN =
      List.of(
          "tasks",
          "tasks_lost",
          "state_mismatches",
          "cold_starts",
          "cold_start_p50_seconds",
          "hibernations_l1",
          "hibernations_l3",
          "wakes_l1",
          "wake_l1_p50_seconds",
          "wake_l1_p99_seconds",
          "wakes_l3",
          "wake_l3_p50_seconds",
          "wake_l3_p99_seconds",
          "wait_p50_seconds",
          "wait_p95_seconds",
          "bounded_slowdown_mean",
          "memory_gib_seconds",
          "storage_gib_seconds",
          "cost");

  private final UpRequest request;
  private final UpResult result;

  UpReport(UpRequest request, UpResult result) {
    this.request = request;
    this.result = result;
  }

  void print(Console console) {
    console.json(json());
    console.text(text());
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("site", request.site().name());
    json.put("seed", request.seed());
    json.put("trace", request.schedule().source());
    json.put("scenarios", request.scenarios().source());
    ArrayNode applications = json.putArray("applications");
    applications.add(result.baseline().applicationId());
    applications.add(result.engine().applicationId());
    result.engine().plain().ifPresent(plain -> plain.ids().forEach(applications::add));
    ArrayNode runs = json.putArray("runs");
    runs.add(run(result.baseline().report()));
    runs.add(run(result.engine().report()));
    ArrayNode decisions = json.putArray("decisions");
    result.decisions().forEach(decision -> decisions.add(decision(decision)));
    return json;
  }

  private static ObjectNode run(RunReport report) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("name", report.name());
    ObjectNode metrics = json.putObject("metrics");
    for (Map.Entry<String, @Nullable Number> metric : report.metrics().entrySet()) {
      @Nullable Number value = metric.getValue();
      if (value == null) {
        metrics.putNull(metric.getKey());
      } else if (value instanceof Integer count) {
        metrics.put(metric.getKey(), count);
      } else {
        metrics.put(metric.getKey(), value.doubleValue());
      }
    }
    return json;
  }

  private static ObjectNode decision(JsonNode decision) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    for (String field : List.of("id", "at", "action", "instance", "reason", "terms")) {
      json.set(field, decision.path(field));
    }
    return json;
  }

  String text() {
    TextTable table = new TextTable("", "baseline", "engine");
    RunReport baseline = result.baseline().report();
    RunReport engine = result.engine().report();
    for (String metric : SHOWN) {
      table.row(
          metric, number(baseline.metrics().get(metric)), number(engine.metrics().get(metric)));
    }
    addCosts(table, baseline.costs(), engine.costs());
    StringBuilder text = new StringBuilder(table.toString()).append(verdict(baseline, engine));
    result.engine().plain().ifPresent(plain -> text.append(plainText(plain)));
    result.engine().mismatches().forEach(m -> text.append("%nWRONG STATE: ".formatted()).append(m));
    result.missing().forEach(line -> text.append(System.lineSeparator()).append(line));
    return text.append(decisionsText()).toString();
  }

  private String verdict(RunReport baseline, RunReport engine) {
    if (engine.metrics().get("wakes_l1") == null && engine.metrics().get("wakes_l3") == null) {
      return "%n%nNothing was woken: these costs say nothing about the engine.%nMaybe play longer: --for 3m"
          .formatted();
    }
    double saved = 1 - engine.costs().total() / baseline.costs().total();
    String verdict =
        String.format(
            Locale.ROOT,
            "%n%nWith the engine it cost %.0f %% %s, at %s prices, played from %s.",
            Math.abs(saved) * 100,
            saved >= 0 ? "less" : "MORE",
            request.scenarios().isPinned() ? "the pinned" : request.scenarios().source() + "'s",
            request.schedule().source());
    double before = baseline.valueOrZero("cold_start_p50_seconds");
    double after = engine.valueOrZero("cold_start_p50_seconds");
    return Math.min(before, after) > 0
            && Math.max(before, after) > UNEQUAL * Math.min(before, after)
        ? verdict
            + "%nThe machine was not equally busy in both runs, as cold starts tell, and so the costs don't compare well."
                .formatted()
        : verdict;
  }

  private static void addCosts(TextTable table, Costs baseline, Costs engine) {
    table.row("  of it memory", number(baseline.memory()), number(engine.memory()));
    table.row("  of it storage", number(baseline.storage()), number(engine.storage()));
    table.row("  of it transitions", number(baseline.transitions()), number(engine.transitions()));
    table.row("  of it waits", number(baseline.waits()), number(engine.waits()));
  }

  private static String number(@Nullable Number value) {
    if (value == null) {
      return "-";
    }
    return value instanceof Integer
        ? value.toString()
        : String.format(
            Locale.ROOT, value.doubleValue() < 1 ? "%.5f" : "%.2f", value.doubleValue());
  }

  private static String plainText(PlainProof.Result plain) {
    if (plain.ids().isEmpty()) {
      return "%nNo memory was handed to plain applications: too few instances were in the store."
          .formatted();
    }
    return "%n%d plain applications, which have no room beside all workers, %s while %d instances were in the store."
        .formatted(plain.ids().size(), plain.ran() ? "ran" : "did NOT all run", plain.hibernated());
  }

  /** Those that saved most: holding by a hibernation, a start and its wait by a wake. */
  static List<JsonNode> ranked(JsonNode all) {
    List<JsonNode> decisions = new ArrayList<>();
    all.forEach(decisions::add);
    decisions.sort(Comparator.comparingDouble(UpReport::saved).reversed());
    return decisions;
  }

  private String decisionsText() {
    List<JsonNode> decisions = ranked(result.decisions());
    StringBuilder text = new StringBuilder();
    if (!decisions.isEmpty()) {
      text.append("%n%nThe decisions that saved most, of %d:".formatted(decisions.size()));
    }
    for (JsonNode decision : decisions.stream().limit(DECISIONS_SHOWN).toList()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n  %s %s%s (%+.6f USD): %s",
              decision.path("id").asText(),
              decision.path("action").asText(),
              decision.hasNonNull("instance") ? " " + decision.path("instance").asText() : "",
              saved(decision),
              decision.path("reason").asText()));
    }
    return text.toString();
  }

  /** Without what serving a task is worth at all, which is the same for each way to serve it. */
  private static double saved(JsonNode decision) {
    double sum = 0;
    for (Map.Entry<String, JsonNode> term : decision.path("terms").properties()) {
      sum += term.getKey().equals("task_served") ? 0 : term.getValue().asDouble();
    }
    return sum;
  }
}
