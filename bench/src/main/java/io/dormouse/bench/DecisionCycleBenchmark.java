package io.dormouse.bench;

import io.dormouse.engine.Engine;
import io.dormouse.engine.EngineConfig;
import io.dormouse.engine.Forecasts;
import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.plan.Plan;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** One beat: the change is applied, forecasts learn, the engine decides. A tenth as many nodes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(value = 1, jvmArgsAppend = "-Xmx1g")
public class DecisionCycleBenchmark {
  private static final int INSTANCES_PER_NODE = 10;

  /** How many instances the cluster has. */
  @Param({"10000", "100000"})
  public int instances;

  private final Engine engine = Engine.standard();
  private ClusterSnapshot snapshot = ClusterSnapshot.empty(Instant.EPOCH);
  private SnapshotDelta delta = SnapshotDelta.empty(Instant.EPOCH);
  private Forecasts forecasts = Forecasts.NONE;
  private double[] numbers = {};

  /** Builds the cluster and the change. */
  @Setup
  public void build() {
    LargeCluster cluster = new LargeCluster(1, instances / INSTANCES_PER_NODE, instances);
    snapshot = cluster.snapshot();
    delta = cluster.delta();
    forecasts = cluster.forecasts();
    numbers = new Random(1).doubles(instances).toArray();
  }

  /** All of a beat. */
  @Benchmark
  public Plan cycle() {
    ClusterSnapshot next = snapshot.apply(delta);
    return engine.decide(next, forecasts.observe(delta), EngineConfig.DEFAULT);
  }

  /** The change alone. */
  @Benchmark
  public ClusterSnapshot apply() {
    return snapshot.apply(delta);
  }

  /** Sorting as many numbers as there are instances: what a machine's speed is measured by. */
  @Benchmark
  public double[] sort() {
    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  /** Runs it under JMH. */
  public static void main(String[] args) throws RunnerException {
    new Runner(new OptionsBuilder().include(DecisionCycleBenchmark.class.getName()).build()).run();
  }
}
