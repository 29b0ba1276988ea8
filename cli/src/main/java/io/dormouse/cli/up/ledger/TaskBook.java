package io.dormouse.cli.up.ledger;

import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.WorkloadEvent.TaskArrived;
import io.dormouse.engine.spi.WorkloadEvent.TaskDone;
import io.dormouse.engine.spi.WorkloadEvent.TaskLost;
import io.dormouse.engine.spi.WorkloadEvent.TaskStarted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What became of each task. Not thread-safe. */
final class TaskBook {
  /** The usual bound of bounded slowdown: shorter tasks count as this long. */
  private static final double SLOWDOWN_BOUND_SECONDS = 10;

  private final Map<TaskId, Entry> entries = new LinkedHashMap<>();
  private int doubleRuns;

  void submitted(TaskId task) {
    entries.computeIfAbsent(task, unused -> new Entry());
  }

  void arrived(TaskArrived event) {
    Entry entry = entry(event.task());
    entry.workloadClass = event.workloadClass();
    entry.arrived = event.at();
  }

  void started(TaskStarted event) {
    entry(event.task()).started = event.at();
  }

  void done(TaskDone event) {
    Entry entry = entry(event.task());
    if (!event.duplicate()) {
      doubleRuns += entry.runs > 0 ? 1 : 0;
      entry.runs++;
    }
    if (entry.done == null) {
      entry.done = event.at();
    }
  }

  void lost(TaskLost event) {
    entry(event.task()).lost = true;
  }

  private Entry entry(TaskId task) {
    return entries.computeIfAbsent(task, unused -> new Entry());
  }

  int count() {
    return entries.size();
  }

  int doubleRuns() {
    return doubleRuns;
  }

  /** Tasks that were given up, or have not ended. */
  int notDone() {
    return (int) entries.values().stream().filter(entry -> entry.done == null).count();
  }

  /** Tasks of which nothing more will come. */
  int settled() {
    return (int)
        entries.values().stream().filter(entry -> entry.done != null || entry.lost).count();
  }

  /** Tasks that came and were not handed to an instance yet. */
  int waiting() {
    return (int)
        entries.values().stream()
            .filter(e -> e.arrived != null && e.started == null && !e.lost)
            .count();
  }

  Quantiles waits() {
    Quantiles waits = new Quantiles();
    entries.values().stream().filter(Entry::hasRun).forEach(entry -> waits.add(entry.waited()));
    return waits;
  }

  @Nullable Double boundedSlowdownMean() {
    double sum = 0;
    int count = 0;
    for (Entry entry : entries.values()) {
      if (entry.hasRun()) {
        sum += entry.boundedSlowdown();
        count++;
      }
    }
    return count == 0 ? null : sum / count;
  }

  /**
   * What waiting sums up to where it is charged. Tasks of a class that wait at the same time wait
   * for the same thing and count once, with the longest wait; the first wait of a class is nobody's
   * fault.
   */
  double chargedWaitSeconds() {
    Map<WorkloadClassId, List<Entry>> byClass = new HashMap<>();
    for (Entry entry : entries.values()) {
      if (entry.hasRun() && entry.workloadClass != null) {
        byClass.computeIfAbsent(entry.workloadClass, unused -> new ArrayList<>()).add(entry);
      }
    }
    return byClass.values().stream().mapToDouble(TaskBook::chargedWaitSeconds).sum();
  }

  private static double chargedWaitSeconds(List<Entry> entries) {
    entries.sort(Comparator.comparing(Entry::arrivedAt));
    double charged = 0;
    double longest = 0;
    int waits = 0;
    Instant until = Instant.MIN;
    for (Entry entry : entries) {
      if (!entry.arrivedAt().isBefore(until)) {
        charged += waits > 1 ? longest : 0;
        longest = 0;
        waits++;
      }
      longest = Math.max(longest, seconds(entry.waited()));
      until = until.isAfter(entry.startedAt()) ? until : entry.startedAt();
    }
    return charged + (waits > 1 ? longest : 0);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  /** One task; null is what has not happened. */
  private static final class Entry {
    private @Nullable WorkloadClassId workloadClass;
    private @Nullable Instant arrived;
    private @Nullable Instant started;
    private @Nullable Instant done;
    private int runs;
    private boolean lost;

    boolean hasRun() {
      return arrived != null && started != null && done != null;
    }

    Instant arrivedAt() {
      return happened(arrived);
    }

    Instant startedAt() {
      return happened(started);
    }

    Duration waited() {
      Duration waited = Duration.between(arrivedAt(), startedAt());
      return waited.isNegative() ? Duration.ZERO : waited;
    }

    double boundedSlowdown() {
      double ran = Math.max(0, seconds(Duration.between(startedAt(), happened(done))));
      double turnaround = seconds(waited()) + ran;
      return Math.max(1, turnaround / Math.max(ran, SLOWDOWN_BOUND_SECONDS));
    }

    private static Instant happened(@Nullable Instant at) {
      if (at == null) {
        throw new IllegalStateException("The task has not got that far.");
      }
      return at;
    }
  }
}
