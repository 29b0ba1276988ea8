package io.dormouse.cli.up.run;

import io.dormouse.cli.scenario.Scenarios;
import io.dormouse.cli.up.arrivals.SampleRequest;
import io.dormouse.cli.up.arrivals.Schedule;
import io.dormouse.engine.pricing.Dial;
import io.dormouse.engine.pricing.PricedModel;
import io.dormouse.engine.spi.EmbeddedSite;
import java.time.Duration;

/**
 * What to do.
 *
 * @param site whose daemons to start
 * @param window how long tasks arrive in each run
 * @param schedule the tasks
 * @param plan how large the nodes may be
 * @param scenarios what to price with
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
    Scenarios scenarios,
    Dial dial,
    int restPort,
    boolean offline,
    boolean verbose,
    long seed) {

  /** What to draw from a trace for a window on a machine. */
  public static SampleRequest sampleRequest(
      Duration window, ClusterPlan plan, PricedModel model, long seed) {
    return new SampleRequest(
        window,
        model.upTimeScale(),
        model.baselineKeepAlive().toMillis() / 60_000.0,
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
    PricedModel model = scenarios.model();
    return Duration.ofMillis(
        Math.round(model.baselineKeepAlive().toMillis() / model.upTimeScale()));
  }
}
