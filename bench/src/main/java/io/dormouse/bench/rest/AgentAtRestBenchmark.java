package io.dormouse.bench.rest;

import io.dormouse.bench.agents.BenchCell;
import io.dormouse.bench.agents.InstalledAgent;
import io.dormouse.checkpoint.agentapi.AgentClient;
import io.dormouse.checkpoint.agentapi.Watch;
import io.dormouse.checkpoint.engines.HostProbe;
import io.dormouse.checkpoint.engines.ToolFinder;
import io.dormouse.checkpoint.pki.TlsIdentity;
import io.dormouse.cli.bench.BenchLine;
import io.dormouse.cli.bench.Benchmark;
import io.dormouse.cli.bench.Workbench;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * What an agent costs that has many instances, of which each sleeps and has a launcher, and one
 * controller that listens: beside fixed limits, not a peer.
 */
public final class AgentAtRestBenchmark implements Benchmark {
  private static final Duration SETTLE_MAX = Duration.ofSeconds(20);
  private static final Duration PROBE_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration STEP_MAX = Duration.ofSeconds(5);
  private static final double CORE_PERCENT_MAX = 2;
  private static final double RESIDENT_MIB_MAX = 250;
  private static final double MIB = 1 << 20;

  @Override
  public String name() {
    return "agent-at-rest";
  }

  @Override
  public String description() {
    return "processor time and memory of an agent whose instances sleep";
  }

  @Override
  public List<BenchLine> run(Workbench bench) throws IOException, MissingPeerException {
    String engine = engine();
    bench.progress().accept("The engine is %s.".formatted(engine));
    BenchCell cell = BenchCell.create(bench.directory());
    BenchCell.Plan plan =
        new BenchCell.Plan("resting", "127.0.0.1", List.of(), Map.of("engine", engine));
    try (InstalledAgent agent = cell.start(plan);
        ResidentInstances instances = new ResidentInstances()) {
      int count = bench.rest().instances();
      instances.start(agent.socket(), count, bench.progress());
      try (TlsIdentity identity = cell.controller();
          AgentClient client = agent.client(identity)) {
        TelemetryCount heard = new TelemetryCount(count);
        Watch watch = client.watch(heard);
        try {
          agent.pause(min(bench.rest().period(), SETTLE_MAX));
          Rest rest = rest(agent, bench.rest().period());
          heard.requireAll();
          return rest.lines("%d instances (%s)".formatted(count, engine));
        } finally {
          watch.close();
        }
      }
    }
  }

  /** Capsules where they work here, else plain processes. */
  private static String engine() {
    Map<String, String> environment = System.getenv();
    return new HostProbe(
                environment, ToolFinder.cacheDirectory(environment), InstantSource.system())
            .run(false, PROBE_TIMEOUT)
            .imagesWork()
        ? "runc"
        : "process";
  }

  private static Rest rest(InstalledAgent agent, Duration period) throws IOException {
    ProcessCost first = ProcessCost.of(agent.pid());
    ProcessCost last = first;
    long start = System.nanoTime();
    long most = first.residentBytes();
    Duration left = period;
    while (!left.isNegative() && !left.isZero()) {
      agent.pause(min(left, STEP_MAX));
      last = ProcessCost.of(agent.pid());
      most = Math.max(most, last.residentBytes());
      left = period.minusNanos(System.nanoTime() - start);
    }
    return new Rest(
        last.cpu().minus(first.cpu()), Duration.ofNanos(System.nanoTime() - start), most);
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** {@code residentBytes}: the most that was seen. */
  private record Rest(Duration cpu, Duration wall, long residentBytes) {
    List<BenchLine> lines(String what) {
      double percent = 100.0 * cpu.toNanos() / wall.toNanos();
      return List.of(
          new BenchLine("core at rest, " + what, "%", percent, "the limit", CORE_PERCENT_MAX, 1),
          new BenchLine(
              "memory at rest, " + what,
              "MiB",
              residentBytes / MIB,
              "the limit",
              RESIDENT_MIB_MAX,
              1));
    }
  }
}
