package io.dormouse.cli.up.arrivals;

import java.time.Duration;

/**
 * What to sample.
 *
 * @param window how long tasks are to arrive, wall time
 * @param traceSecondsPerWallSecond how much quicker the trace is played than it happened
 * @param keepAliveMinutes the baseline's keep-alive, in trace minutes
 * @param limits what the machine bears
 * @param seed the same seed and trace give the same sample and arrivals
 */
public record SampleRequest(
    Duration window,
    double traceSecondsPerWallSecond,
    double keepAliveMinutes,
    Limits limits,
    long seed) {
  /** Checks that window, speed and keep-alive are positive. */
  public SampleRequest {
    if (window.isNegative() || window.isZero()) {
      throw new IllegalArgumentException("The window (%s) must be positive.".formatted(window));
    }
    if (!(traceSecondsPerWallSecond > 0) || !(keepAliveMinutes > 0)) {
      throw new IllegalArgumentException(
          "The traceSecondsPerWallSecond (%s) and the keepAliveMinutes (%s) must be positive."
              .formatted(traceSecondsPerWallSecond, keepAliveMinutes));
    }
  }

  /** Trace minutes that the window covers, rounded up. */
  int windowMinutes() {
    return (int) Math.ceil(window.toNanos() / 1e9 * traceSecondsPerWallSecond / 60);
  }

  /**
   * What the machine bears.
   *
   * @param functionsMax one worker each must fit into the nodes' memory
   * @param coldStartsMax cold starts of the baseline that leave the cores time for the rest
   * @param arrivalsMax tasks in all
   */
  public record Limits(int functionsMax, int coldStartsMax, int arrivalsMax) {
    /** The share of the window's core-seconds that the baseline's cold starts may take. */
    private static final double CORE_SHARE = 0.5;

    private static final double MEMORY_SHARE = 0.7;

    /**
     * Limits for a machine.
     *
     * @param cores processors that workers may use
     * @param memoryBytes what the scheduler may hand out in all
     * @param workerBytes what is asked for per worker
     * @param coldStartCoreSeconds what one cold start takes of a core
     */
    public static Limits of(
        int cores,
        long memoryBytes,
        long workerBytes,
        double coldStartCoreSeconds,
        Duration window) {
      return new Limits(
          (int) Math.min(50, MEMORY_SHARE * memoryBytes / workerBytes),
          (int) (CORE_SHARE * cores * window.toNanos() / 1e9 / coldStartCoreSeconds),
          20_000);
    }
  }
}
