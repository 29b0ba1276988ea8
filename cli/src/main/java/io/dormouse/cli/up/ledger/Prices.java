package io.dormouse.cli.up.ledger;

import io.dormouse.cli.scenario.ScenarioModel;

/**
 * What things cost, and how trace time relates to wall time.
 *
 * @param ramUsdPerGibHour memory that the scheduler holds
 * @param coreUsdPerHour a core at work
 * @param objectUsdPerGibHour images in the store
 * @param nvmeUsdPerGibHour images on fast local storage
 * @param waitingUsdPerHour an hour that a task waits
 * @param traceSecondsPerWallSecond how much quicker the trace is played than it happened
 */
public record Prices(
    double ramUsdPerGibHour,
    double coreUsdPerHour,
    double objectUsdPerGibHour,
    double nvmeUsdPerGibHour,
    double waitingUsdPerHour,
    double traceSecondsPerWallSecond) {

  /**
   * The prices that {@code up} uses: the section {@code hibernation} where it names one, else
   * {@code prices}.
   *
   * @param dial the operator's level, which sets the value of waiting
   */
  public static Prices of(ScenarioModel model, String dial) {
    return new Prices(
        model.number("prices", "ram_usd_per_gib_hour"),
        model.number("prices", "core_usd_per_hour"),
        model.number("hibernation", "object_usd_per_gib_hour"),
        model.number("hibernation", "nvme_usd_per_gib_hour"),
        model.number("hibernation", "value_of_waiting_usd_per_hour", dial),
        model.number("up", "trace_seconds_per_wall_second"));
  }
}
