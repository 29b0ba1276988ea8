package io.dormouse.checkpoint.engines.telemetry;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * Tells what is used of this node, by reading some ten files. Counters do not fall as long as one
 * sampler is used, though devices go. Thread-safe.
 */
public final class NodeSampler {
  private final Path proc;
  private final Path sys;
  private final KernelFile files = new KernelFile();
  private final GpuSampler gpus;
  private final DeviceCounters disks = new DeviceCounters();
  private final DeviceCounters interfaces = new DeviceCounters();

  /** Samples this machine. */
  public NodeSampler() {
    this(Path.of("/proc"), Path.of("/sys"));
  }

  NodeSampler(Path proc, Path sys) {
    this.proc = proc;
    this.sys = sys;
    this.gpus = new GpuSampler(proc, sys, files);
  }

  /** What is used now. */
  public synchronized NodeUsage sample() {
    return new NodeUsage(
        Runtime.getRuntime().availableProcessors(),
        parsed("stat", Parsers::busy),
        parsed("meminfo", Parsers::memory),
        parsed("diskstats", text -> Parsers.disks(text, this::isWholeDisk))
            .then(now -> Reading.of(disks.add(now))),
        parsed("self/net/dev", Parsers::interfaces).then(now -> Reading.of(interfaces.add(now))),
        new Pressure(
            parsed("pressure/cpu", Parsers::stall),
            parsed("pressure/memory", Parsers::stall),
            parsed("pressure/io", Parsers::stall)),
        gpus.sample());
  }

  private <T> Reading<T> parsed(String file, Function<String, Reading<T>> parser) {
    return files.read(proc.resolve(file)).then(parser);
  }

  // A disk made of others (loop, mapped, memory) has no device of its own, and would count twice.
  private boolean isWholeDisk(String name) {
    return !name.contains("/")
        && Files.exists(sys.resolve("block").resolve(name).resolve("device"));
  }
}
