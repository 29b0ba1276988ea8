package io.dormouse.engine.model;

import static io.dormouse.engine.Fixtures.CLASS;
import static io.dormouse.engine.Fixtures.NOW;
import static io.dormouse.engine.Fixtures.asleep;
import static io.dormouse.engine.Fixtures.idle;
import static io.dormouse.engine.Fixtures.instance;
import static io.dormouse.engine.Fixtures.node;
import static io.dormouse.engine.Fixtures.task;
import static io.dormouse.engine.Fixtures.workloadClass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.Lists;
import io.dormouse.engine.RandomClusters;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ClusterSnapshotTest {
  @Property(tries = 100)
  void appliedDeltasEqualARebuildFromScratch(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 60) int deltas) {
    RandomClusters clusters = new RandomClusters(new Random(seed));
    ClusterSnapshot applied = ClusterSnapshot.empty(NOW);
    SnapshotHistory history = new SnapshotHistory();
    for (int i = 0; i < deltas; i++) {
      SnapshotDelta delta = clusters.delta(NOW.plusSeconds(i));
      applied = applied.apply(delta);
      history.add(delta);
    }
    assertThat(applied.version()).isEqualTo(deltas);
    history.assertEqualTo(applied);
    assertThat(applied.replacedBy(whole(applied)).apply(SnapshotDelta.empty(NOW)))
        .isEqualTo(applied.apply(SnapshotDelta.empty(NOW)).apply(SnapshotDelta.empty(NOW)));
  }

  private static SnapshotDelta whole(ClusterSnapshot snapshot) {
    SnapshotDelta.Builder whole = SnapshotDelta.builder(snapshot.takenAt());
    snapshot.nodes().forEach(whole::node);
    snapshot.classes().forEach(whole::workloadClass);
    snapshot.instanceRows().forEach(row -> whole.instance(row.instance()));
    snapshot.queuedTasks().forEach(whole::queued);
    return whole.pendingBytes(snapshot.pendingBytes()).build();
  }

  @Test
  void givesRowsAndColumns() {
    ClusterSnapshot snapshot =
        apply(
            ClusterSnapshot.empty(NOW),
            asleep("b", HibernationLevel.L1_RETAINED, Duration.ofSeconds(3)),
            idle("a", Duration.ofSeconds(5)));

    assertThat(snapshot.instanceRows().size()).isEqualTo(2);
    assertThat(snapshot.instanceRows().rowOf(new InstanceId("b"))).isEqualTo(1);
    assertThat(snapshot.instanceRows().rowOf(new InstanceId("c"))).isEqualTo(-1);
    assertThat(snapshot.instanceRows().get(0).instance().id()).isEqualTo(new InstanceId("a"));
    assertThat(snapshot.instanceRows().get(1).instance().phase())
        .isEqualTo(InstancePhase.HIBERNATED);
    assertThat(snapshot.instanceRows().get(1).instance().level())
        .isEqualTo(HibernationLevel.L1_RETAINED);
    assertThat(snapshot.instanceRows().get(1).instance().workloadClass()).isEqualTo(CLASS);
    assertThat(snapshot.instanceRows().get(0).idleSince()).isEqualTo(NOW.minusSeconds(5));
    assertThat(snapshot.toString()).contains("2 instances");
  }

  @Test
  void endedInstancesAndDequeuedTasksLeave() {
    ClusterSnapshot before =
        ClusterSnapshot.empty(NOW)
            .apply(
                SnapshotDelta.builder(NOW)
                    .instance(idle("a", Duration.ZERO))
                    .queued(task("t"))
                    .node(node("n1", 1))
                    .build());
    ClusterSnapshot after =
        before.apply(
            SnapshotDelta.builder(NOW)
                .instance(instance("a", InstancePhase.ENDED, HibernationLevel.AWAKE, Duration.ZERO))
                .dequeued(new TaskId("t"))
                .goneNode(new NodeId("n1"))
                .build());

    assertThat(after.instanceRows().size()).isZero();
    assertThat(after.queuedTasks()).isEmpty();
    assertThat(after.nodes()).isEmpty();
    assertThat(before.instanceRows().size()).isEqualTo(1);
  }

  @Test
  void timeNeverGoesBack() {
    ClusterSnapshot snapshot = ClusterSnapshot.empty(NOW);

    assertThat(snapshot.apply(SnapshotDelta.empty(NOW.minusSeconds(1))).takenAt()).isEqualTo(NOW);
  }

  @Test
  void arrivalsSetWhenAClassWasWantedLast() {
    SnapshotDelta arrivals =
        SnapshotDelta.builder(NOW)
            .workloadClass(workloadClass())
            .arrival(CLASS, NOW.minusSeconds(2))
            .arrival(CLASS, NOW.minusSeconds(9))
            .arrival(new WorkloadClassId("unknown"), NOW)
            .build();
    ClusterSnapshot snapshot = ClusterSnapshot.empty(NOW).apply(arrivals);
    ClusterSnapshot later =
        snapshot.apply(SnapshotDelta.builder(NOW).workloadClass(workloadClass()).build());

    assertThat(lastArrival(snapshot)).contains(NOW.minusSeconds(2));
    assertThat(lastArrival(later)).contains(NOW.minusSeconds(2));
    assertThat(snapshot.classes()).hasSize(1);
  }

  private static Optional<Instant> lastArrival(ClusterSnapshot snapshot) {
    return snapshot.classes().find(CLASS).orElseThrow().lastArrival();
  }

  @Test
  void anIdlePeriodGoesOnThroughAllLevelsAndEndsWithAWake() {
    ClusterSnapshot idle = apply(ClusterSnapshot.empty(NOW), idle("a", Duration.ofSeconds(100)));
    ClusterSnapshot hibernating =
        apply(
            idle,
            instance(
                "a", InstancePhase.HIBERNATING, HibernationLevel.AWAKE, Duration.ofSeconds(60)));
    ClusterSnapshot asleep =
        apply(hibernating, asleep("a", HibernationLevel.L1_RETAINED, Duration.ofSeconds(50)));
    ClusterSnapshot failed = apply(hibernating, idle("a", Duration.ofSeconds(40)));
    ClusterSnapshot waking =
        apply(
            asleep,
            instance(
                "a", InstancePhase.WAKING, HibernationLevel.L1_RETAINED, Duration.ofSeconds(30)));
    ClusterSnapshot awake = apply(waking, idle("a", Duration.ofSeconds(20)));
    ClusterSnapshot usedBetweenTwoReports = apply(awake, idle("a", Duration.ofSeconds(10)));

    assertThat(
            Lists.transform(
                List.of(idle, hibernating, asleep, failed, waking, awake, usedBetweenTwoReports),
                snapshot ->
                    Duration.between(snapshot.instanceRows().get(0).idleSince(), NOW).toSeconds()))
        .containsExactly(100L, 100L, 100L, 100L, 30L, 20L, 10L);
  }

  @Test
  void aWholeClusterReplacesWhatWasKnown() {
    ClusterSnapshot before =
        apply(
                ClusterSnapshot.empty(NOW),
                idle("gone", Duration.ZERO),
                idle("kept", Duration.ofSeconds(100)))
            .apply(SnapshotDelta.builder(NOW).queued(task("t")).pendingBytes(5).build());
    ClusterSnapshot after =
        before.replacedBy(
            SnapshotDelta.builder(NOW)
                .instance(asleep("kept", HibernationLevel.L1_RETAINED, Duration.ofSeconds(1)))
                .build());

    assertThat(after.version()).isEqualTo(before.version() + 1);
    assertThat(after.instanceRows().size()).isEqualTo(1);
    assertThat(after.instanceRows().get(0).idleSince()).isEqualTo(NOW.minusSeconds(100));
    assertThat(after.queuedTasks()).isEmpty();
    assertThat(after.pendingBytes()).isZero();
  }

  @Test
  void pendingMemoryIsKeptUntilItChanges() {
    ClusterSnapshot snapshot =
        ClusterSnapshot.empty(NOW)
            .apply(SnapshotDelta.builder(NOW).pendingBytes(7).build())
            .apply(SnapshotDelta.empty(NOW));

    assertThat(snapshot.pendingBytes()).isEqualTo(7);
    SnapshotDelta.Builder negative = SnapshotDelta.builder(NOW).pendingBytes(-1);
    assertThatThrownBy(negative::build).hasMessageContaining("pendingBytes (-1)");
  }

  private static ClusterSnapshot apply(ClusterSnapshot snapshot, Instance... instances) {
    SnapshotDelta.Builder delta = SnapshotDelta.builder(NOW);
    for (Instance instance : instances) {
      delta.instance(instance);
    }
    return snapshot.apply(delta.build());
  }
}
