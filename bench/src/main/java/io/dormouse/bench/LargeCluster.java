package io.dormouse.bench;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.dormouse.engine.Forecasts;
import io.dormouse.engine.hibernation.LevelCalibration;
import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.Interruptibility;
import io.dormouse.engine.model.Node;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.PoolId;
import io.dormouse.engine.model.QueuedTask;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClass;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.learning.LearnedNextUse;
import io.dormouse.learning.LearningSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;

/**
 * A cluster as large as wanted, with a class for every ten instances, and a change of it as it
 * comes within a beat: one instance in a hundred is in another phase, one class in a hundred gets a
 * task. The same for the same seed.
 */
final class LargeCluster {
  private static final long MIB = 1L << 20;
  private static final ImmutableSet<HibernationLevel> FREEZE_ONLY =
      Sets.immutableEnumSet(HibernationLevel.L1_RETAINED);
  private static final ImmutableSet<HibernationLevel> FREEZE_AND_IMAGE =
      Sets.immutableEnumSet(HibernationLevel.L1_RETAINED, HibernationLevel.L3_FULL_SNAPSHOT);
  private static final int INSTANCES_PER_CLASS = 10;
  private static final int GAPS_PER_CLASS = 8;

  private final Random random;
  private final int nodes;
  private final int instances;
  private final int classes;
  private final Instant now = Instant.parse("2026-01-01T12:00:00Z");

  LargeCluster(long seed, int nodes, int instances) {
    this.random = new Random(seed);
    this.nodes = nodes;
    this.instances = instances;
    this.classes = Math.max(1, instances / INSTANCES_PER_CLASS);
  }

  ClusterSnapshot snapshot() {
    SnapshotDelta.Builder all = SnapshotDelta.builder(now);
    for (int i = 0; i < nodes; i++) {
      all.node(node(i));
    }
    for (int i = 0; i < classes; i++) {
      all.workloadClass(workloadClass(i));
    }
    for (int i = 0; i < instances; i++) {
      all.instance(instance(i));
    }
    return ClusterSnapshot.empty(now).apply(all.build());
  }

  /** What a beat brings. */
  SnapshotDelta delta() {
    SnapshotDelta.Builder delta = SnapshotDelta.builder(now.plusSeconds(2));
    for (int i = 0; i < instances / 100; i++) {
      delta.instance(instance(random.nextInt(instances)));
    }
    for (int i = 0; i < Math.max(1, classes / 100); i++) {
      WorkloadClassId id = classId(random.nextInt(classes));
      delta.arrival(id, now.plusSeconds(1));
      delta.queued(new QueuedTask(new TaskId("t" + i), id, now.plusSeconds(1)));
    }
    return delta.build();
  }

  /** Learned from some gaps of every class. */
  Forecasts forecasts() {
    SnapshotDelta.Builder past = SnapshotDelta.builder(now);
    for (int gap = GAPS_PER_CLASS; gap >= 0; gap--) {
      for (int i = 0; i < classes; i++) {
        long period = 20 + i * 7919L % 3_600;
        past.arrival(classId(i), now.minusSeconds(period * gap + period / 2));
      }
    }
    return new Forecasts(LearnedNextUse.create(LearningSettings.DEFAULT), LevelCalibration.none())
        .observe(past.build());
  }

  private Node node(int i) {
    Resources capacity = Resources.of(64_000, 65_536 * MIB);
    return new Node(
        new NodeId("node-" + i),
        new PoolId("pool"),
        capacity,
        Resources.of(32_000, 32_768 * MIB),
        true);
  }

  private WorkloadClass workloadClass(int i) {
    return new WorkloadClass(
        classId(i),
        Resources.of(1_000, 1_024 * MIB),
        Optional.of(Duration.ofSeconds(4)),
        Optional.of(now.minusSeconds(60)));
  }

  private static WorkloadClassId classId(int i) {
    return new WorkloadClassId("class-" + i);
  }

  private Instance instance(int i) {
    int kind = random.nextInt(10);
    InstancePhase phase =
        kind < 3 ? InstancePhase.BUSY : kind < 6 ? InstancePhase.IDLE : InstancePhase.HIBERNATED;
    HibernationLevel level =
        kind < 6
            ? HibernationLevel.AWAKE
            : kind < 8 ? HibernationLevel.L1_RETAINED : HibernationLevel.L3_FULL_SNAPSHOT;
    boolean placed = level != HibernationLevel.L3_FULL_SNAPSHOT;
    return new Instance(
        new InstanceId("instance-" + i),
        classId(i % classes),
        placed ? Optional.of(new NodeId("node-" + i % nodes)) : Optional.empty(),
        phase,
        level,
        now.minusSeconds(random.nextInt(3_600)),
        placed ? Resources.of(1_000, 1_024 * MIB) : Resources.NONE,
        (200 + random.nextInt(800)) * MIB,
        random.nextInt(20) / 1_000.0,
        Interruptibility.IMMEDIATE,
        i % nodes % 10 == 0 ? FREEZE_ONLY : FREEZE_AND_IMAGE);
  }
}
