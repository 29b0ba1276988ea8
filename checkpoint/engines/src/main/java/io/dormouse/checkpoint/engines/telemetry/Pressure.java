package io.dormouse.checkpoint.engines.telemetry;

/** How much tasks wait for each resource. */
public record Pressure(Reading<Stall> cpu, Reading<Stall> memory, Reading<Stall> io) {
  /** Nothing is known of any. */
  public static Pressure none(Reading.Cause cause) {
    return new Pressure(Reading.none(cause), Reading.none(cause), Reading.none(cause));
  }
}
