package io.dormouse.checkpoint.engines.telemetry;

import io.dormouse.checkpoint.engines.telemetry.Reading.Cause;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Tells what cgroups use, of either version, by reading a handful of files of each: it costs in
 * proportion to their number. Of a cgroup that used no processor time since the last sample only
 * that is read again, and all else after {@value #REST_SECONDS_MAX} s. Thread-safe; samples are
 * taken one after the other.
 */
public final class CgroupSampler {
  private static final int REST_SECONDS_MAX = 30;
  private static final long REST_NANOS_MAX = TimeUnit.SECONDS.toNanos(REST_SECONDS_MAX);
  private static final int REMEMBERED_MAX = 4_096;

  private final Hierarchies hierarchies;
  private final LongSupplier nanoTime;
  private final KernelFile files = new KernelFile();
  private final Map<String, Sample> last = new LinkedHashMap<>(16, 0.75f, true);

  /** Samples below these. */
  public CgroupSampler(Hierarchies hierarchies) {
    this(hierarchies, System::nanoTime);
  }

  CgroupSampler(Hierarchies hierarchies, LongSupplier nanoTime) {
    this.hierarchies = hierarchies;
    this.nanoTime = nanoTime;
  }

  private record Sample(Usage usage, long atNanos) {}

  /**
   * Where cgroups are. A controller of version 1 counts where the host has it; version 2 else, and
   * for pressure always.
   *
   * @param memory and the next two: mount points of these controllers of version 1
   * @param unified mount point of version 2
   */
  public record Hierarchies(
      Optional<Path> memory,
      Optional<Path> cpuAccounting,
      Optional<Path> cpu,
      Optional<Path> blockIo,
      Optional<Path> unified) {}

  /**
   * What a cgroup uses; empty if it is gone, has no process, or memory and time are not told.
   *
   * @param path below the mount points
   */
  public synchronized Optional<Usage> sample(String path) {
    Optional<Duration> cpu = cpu(path);
    Optional<Usage> rested =
        Optional.ofNullable(last.get(path))
            .filter(before -> cpu.filter(before.usage().cpuTime()::equals).isPresent())
            .filter(before -> nanoTime.getAsLong() - before.atNanos() < REST_NANOS_MAX)
            .map(Sample::usage);
    if (rested.isPresent()) {
      return rested;
    }
    Optional<Usage> usage = cpu.flatMap(time -> all(path, time));
    remember(path, usage);
    return usage;
  }

  private void remember(String path, Optional<Usage> usage) {
    if (usage.isEmpty()) {
      last.remove(path);
      return;
    }
    last.put(path, new Sample(usage.get(), nanoTime.getAsLong()));
    if (last.size() > REMEMBERED_MAX) {
      last.remove(last.keySet().iterator().next());
    }
  }

  private Optional<Usage> all(String path, Duration cpu) {
    Optional<Path> unified = hierarchies.unified().map(root -> root.resolve(path));
    Optional<Long> memory = hasProcesses(path) ? memory(path, unified) : Optional.empty();
    return memory.map(
        bytes ->
            new Usage(
                bytes,
                cpu,
                throttled(path),
                disk(path, unified),
                Reading.none(Cause.SHARED),
                unified.map(this::pressure).orElseGet(() -> Pressure.none(Cause.NOT_TOLD))));
  }

  private boolean hasProcesses(String path) {
    return hierarchies
        .memory()
        .or(hierarchies::unified)
        .flatMap(root -> files.read(root.resolve(path).resolve("cgroup.procs")).value())
        .filter(pids -> !pids.isBlank())
        .isPresent();
  }

  private Optional<Long> memory(String path, Optional<Path> unified) {
    Optional<Path> v1 = hierarchies.memory().map(root -> root.resolve(path));
    return v1.isPresent()
        ? memory(v1.get(), "memory.usage_in_bytes", "total_inactive_file")
        : unified.flatMap(group -> memory(group, "memory.current", "inactive_file"));
  }

  private Optional<Long> memory(Path group, String total, String droppable) {
    return files
        .number(group.resolve(total))
        .value()
        .map(
            bytes -> {
              long cache =
                  files
                      .read(group.resolve("memory.stat"))
                      .then(text -> Fields.named(text, droppable))
                      .value()
                      .orElse(0L);
              return Math.max(0, bytes - cache);
            });
  }

  private Optional<Duration> cpu(String path) {
    Optional<Path> v1 = hierarchies.cpuAccounting().map(root -> root.resolve(path));
    return v1.isPresent()
        ? files
            .number(v1.get().resolve("cpuacct.usage"))
            .value()
            .map(nanos -> Parsers.duration(nanos, ChronoUnit.NANOS))
        : cpuStat(path, "usage_usec").value();
  }

  private Reading<Duration> throttled(String path) {
    Optional<Path> v1 = hierarchies.cpu().map(root -> root.resolve(path));
    if (v1.isPresent()) {
      return files
          .read(v1.get().resolve("cpu.stat"))
          .then(text -> Fields.named(text, "throttled_time"))
          .then(nanos -> Reading.of(Parsers.duration(nanos, ChronoUnit.NANOS)));
    }
    // Version 2 has the field only where its controller is on.
    return cpuStat(path, "throttled_usec")
        .value()
        .map(Reading::of)
        .orElseGet(() -> Reading.none(Cause.NOT_TOLD));
  }

  private Reading<Duration> cpuStat(String path, String field) {
    return hierarchies
        .unified()
        .map(root -> files.read(root.resolve(path).resolve("cpu.stat")))
        .orElseGet(() -> Reading.none(Cause.NOT_TOLD))
        .then(text -> Fields.named(text, field))
        .then(micros -> Reading.of(Parsers.duration(micros, ChronoUnit.MICROS)));
  }

  private Reading<Traffic> disk(String path, Optional<Path> unified) {
    Optional<Path> v1 = hierarchies.blockIo().map(root -> root.resolve(path));
    if (v1.isPresent()) {
      return files.read(v1.get().resolve("blkio.throttle.io_service_bytes")).then(Parsers::diskV1);
    }
    return unified
        .map(group -> files.read(group.resolve("io.stat")).then(Parsers::diskV2))
        .orElseGet(() -> Reading.none(Cause.NOT_TOLD));
  }

  private Pressure pressure(Path group) {
    return new Pressure(
        stall(group.resolve("cpu.pressure")),
        stall(group.resolve("memory.pressure")),
        stall(group.resolve("io.pressure")));
  }

  private Reading<Stall> stall(Path file) {
    return files.read(file).then(Parsers::stall);
  }
}
