package io.dormouse.checkpoint.engines.telemetry;

import io.dormouse.checkpoint.engines.telemetry.Reading.Cause;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Tells what trees of processes use that have no cgroup of their own. Only the tree's processes are
 * looked at, at most {@value #PROCESSES_MAX}, and not all of the node. Thread-safe.
 */
public final class ProcessSampler {
  private static final int PROCESSES_MAX = 4_096;
  private static final int USER_TIME = 11;
  private static final int TIME_FIELDS = 4;
  private static final long MILLIS_PER_TICK = 10;

  private final Path proc;
  private final KernelFile files = new KernelFile();

  /** Samples this machine. */
  public ProcessSampler() {
    this(Path.of("/proc"));
  }

  ProcessSampler(Path proc) {
    this.proc = proc;
  }

  /** What a process and those below it use; empty if it is gone. */
  public synchronized Optional<Usage> sample(long root) {
    Sum sum = new Sum();
    Deque<Long> waiting = new ArrayDeque<>(List.of(root));
    for (int seen = 0; seen < PROCESSES_MAX && !waiting.isEmpty(); seen++) {
      long pid = waiting.remove();
      add(proc.resolve(Long.toString(pid)), sum);
      if (seen == 0 && sum.processes == 0) {
        return Optional.empty();
      }
      waiting.addAll(children(pid));
    }
    return Optional.of(sum.usage());
  }

  private List<Long> children(long pid) {
    String id = Long.toString(pid);
    // Of its first thread: a child of another is not found where the kernel tells by thread.
    return files
        .read(proc.resolve(id).resolve("task").resolve(id).resolve("children"))
        .value()
        .map(
            text ->
                Fields.words(text.replace('\n', ' ')).stream()
                    .flatMap(word -> Fields.number(word).value().stream())
                    .toList())
        .orElse(List.of());
  }

  private void add(Path process, Sum sum) {
    Optional<Long> millis = files.read(process.resolve("stat")).then(this::cpuMillis).value();
    Optional<String> status = files.read(process.resolve("status")).value();
    if (millis.isEmpty() || status.isEmpty()) {
      return;
    }
    sum.processes++;
    sum.cpuMillis += millis.get();
    sum.memoryBytes += Fields.named(status.get(), "VmRSS").value().orElse(0L) * 1024;
    Reading<String> io = files.read(process.resolve("io"));
    Reading<Long> read = io.then(text -> Fields.named(text, "read_bytes"));
    Reading<Long> written = io.then(text -> Fields.named(text, "write_bytes"));
    if (read.value().isPresent() && written.value().isPresent()) {
      sum.readBytes += read.value().get();
      sum.writtenBytes += written.value().get();
    } else {
      sum.disksTold = false;
    }
  }

  // Its own, and that of its children that it waited for.
  private Reading<Long> cpuMillis(String stat) {
    List<String> fields = Fields.words(stat.substring(stat.lastIndexOf(')') + 1));
    if (fields.size() < USER_TIME + TIME_FIELDS) {
      return Reading.none(Cause.UNKNOWN_FORM);
    }
    long ticks = 0;
    for (String field : fields.subList(USER_TIME, USER_TIME + TIME_FIELDS)) {
      Optional<Long> some = Fields.number(field).value();
      if (some.isEmpty()) {
        return Reading.none(Cause.UNKNOWN_FORM);
      }
      ticks += some.get();
    }
    return Reading.of(ticks * MILLIS_PER_TICK);
  }

  /** All of a tree so far. */
  private static final class Sum {
    private int processes;
    private long memoryBytes;
    private long cpuMillis;
    private long readBytes;
    private long writtenBytes;
    private boolean disksTold = true;

    Usage usage() {
      return new Usage(
          memoryBytes,
          Parsers.duration(Math.max(0, cpuMillis), ChronoUnit.MILLIS),
          Reading.none(Cause.NOT_TOLD),
          disksTold
              ? Reading.of(new Traffic(readBytes, writtenBytes))
              : Reading.none(Cause.NOT_TOLD),
          Reading.none(Cause.SHARED),
          Pressure.none(Cause.NOT_TOLD));
    }
  }
}
