package io.dormouse.cli.up.arrivals;

import com.google.common.primitives.ImmutableDoubleArray;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A function as the window shows it.
 *
 * @param seconds its calls, in wall seconds since the window began, ascending
 * @param sampled what is reported of it if it is taken
 */
record Candidate(ImmutableDoubleArray seconds, SampledFunction sampled) {
  private static final double GAP_MINUTES_MIN = 1;
  private static final double GAP_MINUTES_MAX = 60;
  private static final double SHORT_REST_MINUTES = 3;
  private static final int ACTIVE_MINUTES_MIN = 3;
  private static final int CALLS_PER_ACTIVE_MINUTE_MAX = 20;

  static Candidate of(FunctionTrace function, int firstMinute, SampleRequest request) {
    Map<Integer, Integer> calls =
        function
            .callsByMinute()
            .subMap(firstMinute, true, firstMinute + request.windowMinutes() - 1, true);
    double[] minutes = draw(calls, firstMinute, request.seed() ^ function.name().hashCode());
    double secondsPerMinute = 60 / request.traceSecondsPerWallSecond();
    double[] seconds = Arrays.stream(minutes).map(minute -> minute * secondsPerMinute).toArray();
    int longGaps = longGaps(minutes, request.keepAliveMinutes());
    SampledFunction sampled =
        new SampledFunction(
            function.name(),
            function.trigger(),
            minutes.length,
            medianGap(List.copyOf(calls.keySet())),
            1 + longGaps,
            longGaps);
    return new Candidate(ImmutableDoubleArray.copyOf(seconds), sampled);
  }

  /** Whether its gaps are of a kind that hibernation is about, without floods inside a minute. */
  boolean suits(FunctionTrace function, int firstMinute, SampleRequest request) {
    int active =
        function
            .callsByMinute()
            .subMap(firstMinute, true, firstMinute + request.windowMinutes() - 1, true)
            .size();
    return active >= ACTIVE_MINUTES_MIN
        && sampled.medianGapMinutes() >= GAP_MINUTES_MIN
        && sampled.medianGapMinutes() <= GAP_MINUTES_MAX
        && sampled.arrivals() <= active * CALLS_PER_ACTIVE_MINUTE_MAX
        && seconds.get(seconds.length() - 1) < request.window().toNanos() / 1e9;
  }

  Pace pace(SampleRequest request) {
    double gap = sampled.medianGapMinutes();
    if (gap > request.keepAliveMinutes()) {
      return Pace.RESTS_LONG;
    }
    return gap >= SHORT_REST_MINUTES ? Pace.RESTS_SHORT : Pace.HARDLY_RESTS;
  }

  Duration at(int call) {
    return Duration.ofNanos((long) (seconds.get(call) * 1e9));
  }

  /** Calls inside a minute are uniform: evenly spaced ones would make every timer look clever. */
  private static double[] draw(Map<Integer, Integer> calls, int firstMinute, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return calls.entrySet().stream()
        .flatMapToDouble(
            entry ->
                random
                    .doubles(entry.getValue())
                    .map(within -> entry.getKey() - firstMinute + within))
        .sorted()
        .toArray();
  }

  private static int longGaps(double[] minutes, double keepAliveMinutes) {
    int gaps = 0;
    for (int i = 1; i < minutes.length; i++) {
      gaps += minutes[i] - minutes[i - 1] > keepAliveMinutes ? 1 : 0;
    }
    return gaps;
  }

  private static double medianGap(List<Integer> active) {
    if (active.size() < 2) {
      return Double.NaN;
    }
    int[] gaps = new int[active.size() - 1];
    for (int i = 0; i < gaps.length; i++) {
      gaps[i] = active.get(i + 1) - active.get(i);
    }
    Arrays.sort(gaps);
    return (gaps[(gaps.length - 1) / 2] + gaps[gaps.length / 2]) / 2.0;
  }

  /** How a function's median gap compares with what hibernation and keep-alive are about. */
  enum Pace {
    RESTS_LONG,
    RESTS_SHORT,
    HARDLY_RESTS
  }
}
