package io.dormouse.engine;

import com.google.common.collect.Sets;
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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Random clusters and changes of them, good for any size of mess; the same for the same seed. */
public final class RandomClusters {
  private static final long MIB = 1L << 20;
  private static final List<HibernationLevel> ASLEEP =
      List.of(
          HibernationLevel.L1_RETAINED,
          HibernationLevel.L2_DATA_SNAPSHOT,
          HibernationLevel.L3_FULL_SNAPSHOT,
          HibernationLevel.L4_KERNEL_SNAPSHOT);

  private final Random random;

  /** Draws from {@code random}. */
  public RandomClusters(Random random) {
    this.random = random;
  }

  /** A cluster after a few changes. */
  public ClusterSnapshot cluster(Instant at) {
    ClusterSnapshot snapshot = ClusterSnapshot.empty(at.minusSeconds(60));
    int deltas = 1 + random.nextInt(20);
    for (int i = 0; i < deltas; i++) {
      snapshot = snapshot.apply(delta(at));
    }
    return snapshot;
  }

  /** A change: some of each, new, changed or gone. */
  public SnapshotDelta delta(Instant at) {
    SnapshotDelta.Builder delta = SnapshotDelta.builder(at);
    times(3, () -> delta.node(node()));
    times(1, () -> delta.goneNode(new NodeId("n" + random.nextInt(8))));
    times(3, () -> delta.workloadClass(workloadClass(at)));
    times(12, () -> delta.instance(instance(at)));
    times(4, () -> delta.queued(task(at)));
    times(3, () -> delta.dequeued(new TaskId("t" + random.nextInt(30))));
    times(3, () -> delta.arrival(workloadClassId(), past(at, 3_600)));
    if (random.nextInt(4) == 0) {
      delta.pendingBytes(random.nextInt(20_000) * MIB);
    }
    return delta.build();
  }

  private Node node() {
    Resources capacity = Resources.of(8_000, (1 + random.nextInt(16)) * 1024L * MIB);
    long taken = capacity.memoryBytes() / 8 * random.nextInt(10);
    return new Node(
        new NodeId("n" + random.nextInt(8)),
        new PoolId("pool"),
        capacity,
        Resources.of(random.nextInt(8_000), taken),
        random.nextInt(5) > 0);
  }

  private WorkloadClass workloadClass(Instant at) {
    return new WorkloadClass(
        workloadClassId(),
        Resources.of(random.nextInt(2_000), random.nextInt(4_000) * MIB),
        optional(Duration.ofMillis(random.nextInt(20_000))),
        optional(past(at, 3_600)));
  }

  private Instance instance(Instant at) {
    InstancePhase phase = any(List.of(InstancePhase.values()));
    HibernationLevel level = level(phase);
    boolean placed = phase != InstancePhase.STARTING && random.nextInt(4) > 0;
    return new Instance(
        new InstanceId("i" + random.nextInt(60)),
        workloadClassId(),
        placed ? Optional.of(new NodeId("n" + random.nextInt(8))) : Optional.empty(),
        phase,
        level,
        past(at, 1_000_000),
        placed ? Resources.of(1_000, random.nextInt(4_000) * MIB) : Resources.NONE,
        random.nextInt(4_000) * MIB,
        random.nextDouble() / 20,
        any(List.of(Interruptibility.values())),
        Sets.immutableEnumSet(ASLEEP.stream().filter(reachable -> random.nextInt(4) > 0).toList()));
  }

  private HibernationLevel level(InstancePhase phase) {
    return switch (phase) {
      case STARTING, BUSY, IDLE, ENDED -> HibernationLevel.AWAKE;
      case HIBERNATING -> random.nextBoolean() ? HibernationLevel.AWAKE : any(ASLEEP);
      case HIBERNATED, WAKING -> any(ASLEEP);
    };
  }

  private QueuedTask task(Instant at) {
    return new QueuedTask(new TaskId("t" + random.nextInt(30)), workloadClassId(), past(at, 100));
  }

  private WorkloadClassId workloadClassId() {
    return new WorkloadClassId("c" + random.nextInt(6));
  }

  private Instant past(Instant at, int secondsMax) {
    double order = StrictMath.pow(random.nextDouble(), 4);
    return at.minusMillis((long) (order * secondsMax * 1_000));
  }

  private <T> Optional<T> optional(T value) {
    return random.nextBoolean() ? Optional.of(value) : Optional.empty();
  }

  private <T> T any(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private void times(int most, Runnable change) {
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      change.run();
    }
  }
}
