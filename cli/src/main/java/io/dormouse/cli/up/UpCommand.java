package io.dormouse.cli.up;

import com.google.common.collect.ImmutableSortedMap;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import io.dormouse.cli.TextTable;
import io.dormouse.cli.scenario.Scenarios;
import io.dormouse.cli.up.arrivals.BadTraceException;
import io.dormouse.cli.up.arrivals.GeneratedTrace;
import io.dormouse.cli.up.arrivals.SampledFunction;
import io.dormouse.cli.up.arrivals.Sampler;
import io.dormouse.cli.up.arrivals.Schedule;
import io.dormouse.cli.up.arrivals.Trace;
import io.dormouse.cli.up.arrivals.TraceFiles;
import io.dormouse.cli.up.run.ClusterPlan;
import io.dormouse.cli.up.run.DurationText;
import io.dormouse.cli.up.run.Ports;
import io.dormouse.cli.up.run.UpLock;
import io.dormouse.cli.up.run.UpRequest;
import io.dormouse.cli.up.run.UpSession;
import io.dormouse.engine.pricing.Dial;
import io.dormouse.engine.pricing.PricedModel;
import io.dormouse.engine.spi.EmbeddedSite;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dormouse up}. */
@Command(
    name = "up",
    description = {
      "Runs a real scheduler on this machine with a real workload, first without the engine, then with"
          + " it, and compares what both cost. Ctrl-C ends all that it started.",
      "Takes twice the time of --for, and two minutes.",
      "Ends with 0 when both runs lost no task and every woken instance proved its state."
    })
public final class UpCommand extends BaseCommand {
  private static final Duration WINDOW_MAX = Duration.ofHours(24);

  /** Where all users may write, and no environment leads elsewhere. */
  private static final Path MACHINE = Path.of("/var/tmp");

  @Option(
      names = "--site",
      defaultValue = "yarn",
      description = "Which scheduler to run (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String site;

  @Option(
      names = "--for",
      defaultValue = "3m",
      converter = DurationText.class,
      description = "How long tasks arrive in each of both runs (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Duration window;

  @Option(
      names = "--trace",
      description =
          "File or folder with a function and its calls per minute on each line; docs/up.md says"
              + " how (default: drawn from published distributions).")
  private Optional<Path> trace = Optional.empty();

  @Option(
      names = "--port",
      defaultValue = "8480",
      description = "Where the controller listens on 127.0.0.1 (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Of all that is drawn (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--dial",
      defaultValue = "balanced",
      description =
          "Operator's level: thrifty, frugal, balanced, quick or swift (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private String dial;

  @Option(names = "--scenarios", description = "Prices and latencies instead of the pinned ones.")
  private Optional<Path> scenarios = Optional.empty();

  @Option(names = "--offline", description = "Fetch nothing.")
  private boolean offline;

  @Option(names = "--keep-logs", description = "Keep the daemons' logs even if all goes well.")
  private boolean keepLogs;

  @Override
  protected ExitCode run(Console console) throws IOException {
    UpRequest request = request();
    try (UpLock lock = UpLock.take(MACHINE)) {
      lock.sign();
      Ports.requireFree(port, "--port");
      describe(console, request.schedule());
      return new UpSession(request, console, keepLogs).run();
    }
  }

  /** Everything that can be wrong with what was asked for is found here, before any start. */
  private UpRequest request() throws IOException {
    if (port < 1 || port > 65_535) {
      throw badUsage("The --port (%d) must be between 1 and 65535.".formatted(port), "Maybe 8480.");
    }
    if (window.compareTo(WINDOW_MAX) > 0) {
      throw badUsage("The --for must be at most 24h.", "Maybe 3m.");
    }
    EmbeddedSite embedded = findSite();
    Scenarios priced = scenarios.map(Scenarios::read).orElseGet(Scenarios::pinned);
    Dial level = Dial.ofLabel(dial).orElseThrow(this::noSuchDial);
    ClusterPlan plan = ClusterPlan.forThisMachine();
    return new UpRequest(
        embedded,
        window,
        schedule(plan, priced.model()),
        plan,
        priced,
        level,
        port,
        offline,
        common().verbose(),
        seed);
  }

  private CommandFailure noSuchDial() {
    return badUsage(
        "There is no --dial %s.".formatted(dial),
        "Maybe one of: "
            + Arrays.stream(Dial.values()).map(Dial::label).collect(Collectors.joining(", ")));
  }

  private EmbeddedSite findSite() {
    ImmutableSortedMap.Builder<String, EmbeddedSite> sites = ImmutableSortedMap.naturalOrder();
    ServiceLoader.load(EmbeddedSite.class).forEach(found -> sites.put(found.name(), found));
    ImmutableSortedMap<String, EmbeddedSite> all = sites.buildOrThrow();
    EmbeddedSite found = all.get(site);
    if (found == null) {
      throw badUsage(
          "There is no --site %s.".formatted(site),
          all.isEmpty()
              ? "Maybe the installation is incomplete: it has no site at all."
              : "Maybe one of: " + String.join(", ", all.keySet()));
    }
    return found;
  }

  private Schedule schedule(ClusterPlan plan, PricedModel model) throws IOException {
    try {
      Trace calls = trace.isPresent() ? TraceFiles.read(trace.get()) : GeneratedTrace.draw(seed);
      return Sampler.sample(calls, UpRequest.sampleRequest(window, plan, model, seed));
    } catch (BadTraceException bad) {
      throw new CommandFailure(
          ExitCode.BAD_USAGE, bad.getMessage() == null ? bad.toString() : bad.getMessage(), bad);
    }
  }

  private static void describe(Console console, Schedule schedule) {
    console.note(
        "Playing %d arrivals of %d functions from %s, trace minutes %d to %d:"
            .formatted(
                schedule.arrivals().size(),
                schedule.functions().size(),
                schedule.source(),
                schedule.firstMinute(),
                schedule.firstMinute() + schedule.windowMinutes() - 1));
    TextTable table =
        new TextTable(
            "function", "trigger", "arrivals", "median gap (min)", "longer than keep-alive");
    for (SampledFunction function : schedule.functions()) {
      table.row(
          function.name(),
          function.trigger(),
          Integer.toString(function.arrivals()),
          String.format(Locale.ROOT, "%.1f", function.medianGapMinutes()),
          Integer.toString(function.longGaps()));
    }
    console.note(table.toString());
  }
}
