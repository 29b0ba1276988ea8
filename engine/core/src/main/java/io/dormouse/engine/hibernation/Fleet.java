package io.dormouse.engine.hibernation;

import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.model.InstanceRow;
import io.dormouse.engine.model.QueuedTask;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.WorkloadClass;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All instances of one class and the tasks that wait for them. Filled by {@link #all} only. */
final class Fleet {
  private static final Comparator<InstanceRow> LATEST_FIRST =
      Comparator.comparing(InstanceRow::idleSince).reversed().thenComparing(InstanceRow::id);

  /** Where no start of the class has been seen yet. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final WorkloadClass workloadClass;
  private final boolean known;
  private final List<InstanceRow> idle = new ArrayList<>();
  private final List<InstanceRow> hibernated = new ArrayList<>();
  private final List<InstanceRow> wakeable = new ArrayList<>();
  private int busy;
  private int coming;
  private int queued;
  private boolean freeSoon;

  private Fleet(WorkloadClassId id, Optional<WorkloadClass> known) {
    this.known = known.isPresent();
    this.workloadClass =
        known.orElseGet(
            () -> new WorkloadClass(id, Resources.NONE, Optional.empty(), Optional.empty()));
  }

  /** The fleets of a cluster in the order of their classes' ids. */
  static List<Fleet> all(ClusterSnapshot snapshot) {
    Map<WorkloadClassId, Fleet> fleets = new HashMap<>();
    for (WorkloadClass workloadClass : snapshot.classes()) {
      fleets.put(workloadClass.id(), new Fleet(workloadClass.id(), Optional.of(workloadClass)));
    }
    for (InstanceRow row : snapshot.instanceRows()) {
      of(fleets, row.instance().workloadClass()).add(row, snapshot.takenAt());
    }
    for (QueuedTask task : snapshot.queuedTasks()) {
      of(fleets, task.workloadClass()).queued++;
    }
    List<Fleet> ordered = new ArrayList<>(fleets.values());
    ordered.sort(Comparator.comparing(fleet -> fleet.workloadClass.id()));
    ordered.forEach(fleet -> fleet.idle.sort(LATEST_FIRST));
    return ordered;
  }

  private static Fleet of(Map<WorkloadClassId, Fleet> fleets, WorkloadClassId id) {
    return fleets.computeIfAbsent(id, missing -> new Fleet(missing, Optional.empty()));
  }

  private void add(InstanceRow row, Instant now) {
    switch (row.instance().phase()) {
      case IDLE -> idle.add(row);
      case HIBERNATED -> {
        hibernated.add(row);
        if (row.instance().canBeAt(row.instance().level())) {
          wakeable.add(row);
        }
      }
      case BUSY -> {
        busy++;
        waitFor(row.instance().phaseSince(), now);
      }
      case STARTING, WAKING -> coming++;
      case HIBERNATING -> waitFor(row.instance().phaseSince(), now);
      case ENDED -> {
        // Serves nobody any more.
      }
    }
  }

  private void waitFor(Instant since, Instant now) {
    Duration patience = workloadClass.coldStart().orElse(PATIENCE);
    freeSoon |= since.plus(patience).isAfter(now);
  }

  WorkloadClass workloadClass() {
    return workloadClass;
  }

  /** Whether the scheduler has described the class, so that instances of it can be started. */
  boolean isKnown() {
    return known;
  }

  /** Ready and without a task, the one used last first. */
  List<InstanceRow> idle() {
    return idle;
  }

  /** At a level other than AWAKE, by id. */
  List<InstanceRow> hibernated() {
    return hibernated;
  }

  /** Those of {@link #hibernated} that can be brought back now. */
  List<InstanceRow> wakeable() {
    return wakeable;
  }

  /** How many serve a task. */
  int busy() {
    return busy;
  }

  /** How many are being started or woken. */
  int coming() {
    return coming;
  }

  /** How many tasks wait. */
  int queued() {
    return queued;
  }

  /**
   * Whether one that is busy, or on its way down and so can soon be woken, is worth waiting for: it
   * is for as long as a start takes, since waiting for as long as the alternative costs is at most
   * twice the best in hindsight.
   */
  boolean isFreeSoon() {
    return freeSoon;
  }

  /**
   * How many more instances the tasks that wait are worth. None while one is on its way, or may
   * soon be free. The fleet at most doubles at a time.
   */
  int unserved() {
    if (!idle.isEmpty() || coming > 0 || freeSoon) {
      return 0;
    }
    return Math.min(queued, Math.max(1, busy));
  }
}
