package io.dormouse.cli.up.arrivals;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A day of calls drawn from published distributions, for when there is no trace: Shahrad et al.,
 * "Serverless in the Wild", USENIX ATC 2020.
 *
 * <ul>
 *   <li>Triggers: share of functions, its figure 3.
 *   <li>Mean rate: 45 % of applications are called once an hour or less on average, 81 % once a
 *       minute or less (its section 3.3); between the anchors the quantile is log-linear, and
 *       capped at 5,000 calls a day: quicker functions never rest.
 *   <li>Gaps: timers tick evenly; the coefficient of variation of the others spans from below 1 to
 *       well above it (its figure 6). Here: log-normal gaps, sigma uniform in [0.3, 1.5], which is
 *       a coefficient of variation of 0.3 to 2.9.
 * </ul>
 */
public final class GeneratedTrace {
  private static final int FUNCTIONS = 300;
  private static final int MINUTES = 24 * 60;
  private static final double[] RATE_QUANTILES = {0, 0.45, 0.81, 1};
  private static final double[] CALLS_PER_DAY = {1, 24, 1440, 5_000};
  private static final String[] TRIGGERS = {
    "http", "timer", "queue", "orchestration", "storage", "event", "others"
  };
  private static final double[] TRIGGER_SHARES = {0.550, 0.156, 0.152, 0.069, 0.028, 0.022, 0.023};
  private static final double SIGMA_MIN = 0.3;
  private static final double SIGMA_MAX = 1.5;

  private final SplittableRandom random;

  private GeneratedTrace(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** Draws a day; the same seed gives the same day. */
  public static Trace draw(long seed) {
    GeneratedTrace generator = new GeneratedTrace(seed);
    ImmutableList.Builder<FunctionTrace> functions = ImmutableList.builder();
    for (int i = 0; i < FUNCTIONS; i++) {
      generator.addTo(functions, "g%03d".formatted(i));
    }
    return new Trace("generated (Shahrad et al. 2020)", functions.build());
  }

  private void addTo(ImmutableList.Builder<FunctionTrace> functions, String name) {
    String trigger = trigger();
    double meanGap = MINUTES / callsPerDay(random.nextDouble());
    ImmutableSortedMap<Integer, Integer> calls =
        trigger.equals("timer") ? ticks(meanGap) : bursts(meanGap);
    if (!calls.isEmpty()) {
      functions.add(new FunctionTrace(name, trigger, calls));
    }
  }

  private String trigger() {
    double draw = random.nextDouble();
    for (int i = 0; i < TRIGGERS.length; i++) {
      draw -= TRIGGER_SHARES[i];
      if (draw < 0) {
        return TRIGGERS[i];
      }
    }
    return TRIGGERS[TRIGGERS.length - 1];
  }

  static double callsPerDay(double quantile) {
    int part = 1;
    while (quantile > RATE_QUANTILES[part]) {
      part++;
    }
    double share =
        (quantile - RATE_QUANTILES[part - 1]) / (RATE_QUANTILES[part] - RATE_QUANTILES[part - 1]);
    double low = Math.log(CALLS_PER_DAY[part - 1]);
    double high = Math.log(CALLS_PER_DAY[part]);
    return Math.exp(low + share * (high - low));
  }

  /** A timer fires on whole minutes. */
  private ImmutableSortedMap<Integer, Integer> ticks(double meanGap) {
    int period = (int) Math.max(1, Math.round(meanGap));
    TreeMap<Integer, Integer> calls = new TreeMap<>();
    for (int minute = random.nextInt(period); minute < MINUTES; minute += period) {
      calls.put(minute, 1);
    }
    return ImmutableSortedMap.copyOf(calls);
  }

  private ImmutableSortedMap<Integer, Integer> bursts(double meanGap) {
    double sigma = random.nextDouble(SIGMA_MIN, SIGMA_MAX);
    double mu = Math.log(meanGap) - sigma * sigma / 2;
    TreeMap<Integer, Integer> calls = new TreeMap<>();
    double at = random.nextDouble() * meanGap;
    while (at < MINUTES) {
      calls.merge((int) at, 1, Integer::sum);
      at += Math.exp(mu + sigma * random.nextGaussian());
    }
    return ImmutableSortedMap.copyOf(calls);
  }
}
