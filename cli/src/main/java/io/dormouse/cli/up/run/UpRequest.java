package io.dormouse.cli.up.run;

import io.dormouse.cli.scenario.ScenarioModel;
import io.dormouse.cli.up.arrivals.SampleRequest;
import io.dormouse.cli.up.arrivals.Schedule;
import io.dormouse.engine.spi.EmbeddedSite;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What to do.
 *
 * @param site whose daemons to start
 * @param window how long tasks arrive in each run
 * @param schedule the tasks
 * @param plan how large the nodes may be
 * @param scenarios the model to price with
 * @param scenariosFile where it is from, unless pinned
 * @param dial the operator's level
 * @param restPort where the controller listens
 * @param offline fetch nothing
 * @param verbose have daemons say more
 * @param seed of everything that is drawn
 */
public record UpRequest(
    EmbeddedSite site,
    Duration window,
    Schedule schedule,
    ClusterPlan plan,
    ScenarioModel scenarios,
    Optional<Path> scenariosFile,
    String dial,
    int restPort,
    boolean offline,
    boolean verbose,
    long seed) {

  /** What to draw from a trace for a window on a machine. */
  public static SampleRequest sampleRequest(
      Duration window, ClusterPlan plan, ScenarioModel scenarios, long seed) {
    return new SampleRequest(
        window,
        scenarios.number("up", "trace_seconds_per_wall_second"),
        scenarios.number("up", "baseline_keep_alive_trace_minutes"),
        SampleRequest.Limits.of(
            Runtime.getRuntime().availableProcessors(),
            plan.totalBytes(),
            WorkerProgram.MEMORY_BYTES,
            WorkerProgram.COLD_START_CORE_SECONDS,
            window),
        seed);
  }

  /** The baseline's keep-alive in wall time. */
  Duration keepAlive() {
    double seconds =
        scenarios.number("up", "baseline_keep_alive_trace_minutes")
            * 60
            / scenarios.number("up", "trace_seconds_per_wall_second");
    return Duration.ofMillis(Math.round(seconds * 1000));
  }
}
