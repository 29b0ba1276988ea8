package io.dormouse.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * A quick look at the decision cycle without JMH: a beat at 10^3 nodes and 10^4 instances, at ten
 * times that, how it grows, and its ratio to sorting as many numbers in the same run. Times are
 * those of the thread on its core, so that other load on the machine hardly counts.
 */
public final class DecisionCycleSmoke {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int RUNS = 15;

  private DecisionCycleSmoke() {}

  /**
   * Medians of one look, milliseconds of the thread's own time.
   *
   * @param instances how many
   * @param cycleMillis all of a beat
   * @param applyMillis the change alone
   * @param sortMillis sorting as many numbers
   */
  public record Look(int instances, double cycleMillis, double applyMillis, double sortMillis) {
    /** The beat in units of the sort. */
    public double cycleOverSort() {
      return cycleMillis / sortMillis;
    }
  }

  /**
   * Looks at a size.
   *
   * @param runs how many count, after as many to warm up
   */
  public static Look look(int instances, int runs) {
    DecisionCycleBenchmark benchmark = new DecisionCycleBenchmark();
    benchmark.instances = instances;
    benchmark.build();
    return new Look(
        instances,
        medianMillis(runs, benchmark::cycle),
        medianMillis(runs, benchmark::apply),
        medianMillis(runs, benchmark::sort));
  }

  /** Prints the looks. */
  public static void main(String[] args) {
    Look small = look(10_000, RUNS);
    Look large = look(100_000, RUNS);
    print(small);
    print(large);
    System.out.printf(
        Locale.ROOT,
        "growth for 10x: cycle %.1fx, apply %.1fx%n",
        large.cycleMillis() / small.cycleMillis(),
        large.applyMillis() / small.applyMillis());
  }

  private static void print(Look look) {
    System.out.printf(
        Locale.ROOT,
        "%d nodes, %d instances: cycle %.1f ms, apply %.2f ms, sort %.2f ms; cycle / sort %.1f%n",
        look.instances() / 10,
        look.instances(),
        look.cycleMillis(),
        look.applyMillis(),
        look.sortMillis(),
        look.cycleOverSort());
  }

  private static double medianMillis(int runs, Supplier<?> work) {
    double[] millis = new double[runs];
    for (int run = -runs; run < runs; run++) {
      long begin = THREADS.getCurrentThreadCpuTime();
      Object result = work.get();
      double took = (THREADS.getCurrentThreadCpuTime() - begin) / 1e6;
      if (result == null) {
        throw new IllegalStateException("The benchmark did nothing.");
      }
      millis[Math.max(0, run)] = took;
    }
    Arrays.sort(millis);
    return millis[runs / 2];
  }
}
