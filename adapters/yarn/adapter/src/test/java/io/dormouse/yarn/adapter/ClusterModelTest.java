package io.dormouse.yarn.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.model.PoolId;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.WorkloadClass;
import io.dormouse.yarn.warmpool.proto.ClassState;
import io.dormouse.yarn.warmpool.proto.InstanceState;
import io.dormouse.yarn.warmpool.proto.PoolEvent;
import io.dormouse.yarn.warmpool.proto.PoolState;
import io.dormouse.yarn.warmpool.proto.TaskArrived;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterModelTest {
  private static final long GIB = 1L << 30;

  private final ClusterModel model = new ClusterModel(new PoolId("default"));
  private ClusterSnapshot snapshot = ClusterSnapshot.empty(Instant.EPOCH);

  private void deploy(long memoryBytes, InstanceState... instances) {
    snapshot = ClusterSnapshot.empty(Instant.EPOCH);
    apply(
        event(0)
            .setState(
                PoolState.newBuilder()
                    .addClasses(
                        ClassState.newBuilder()
                            .setId("web")
                            .setMilliCores(1_000)
                            .setMemoryBytes(memoryBytes))
                    .addAllInstances(List.of(instances))));
  }

  private void apply(PoolEvent.Builder event) {
    snapshot = snapshot.apply(model.apply(event.build()));
  }

  private static PoolEvent.Builder event(long seconds) {
    return PoolEvent.newBuilder().setAtMicros(seconds * 1_000_000);
  }

  private static InstanceState instance(String phase, long sinceSeconds) {
    return InstanceState.newBuilder()
        .setInstance("web-1")
        .setWorkloadClass("web")
        .setPhase(phase)
        .setLevel("AWAKE")
        .setSinceMicros(sinceSeconds * 1_000_000)
        .setMemoryBytes(GIB)
        .build();
  }

  private WorkloadClass web() {
    return snapshot.classes().iterator().next();
  }

  @Test
  void learnsHowLongAStartTakesFromItsBeginToTheFirstAnswer() {
    deploy(GIB);
    apply(event(10).setInstance(instance("STARTING", 10)));
    apply(event(12).setInstance(instance("STARTING", 12)));
    assertThat(web().coldStart()).isEmpty();

    apply(event(17).setInstance(instance("IDLE", 17)));

    assertThat(web().coldStart()).contains(Duration.ofSeconds(7));
  }

  @Test
  void arrivalsWaitUntilATaskIsStarted() {
    deploy(GIB);
    apply(
        event(5)
            .setArrived(
                TaskArrived.newBuilder()
                    .setTask("t")
                    .setWorkloadClass("web")
                    .setAtMicros(5_000_000)));

    assertThat(snapshot.queuedTasks()).hasSize(1);
    assertThat(web().lastArrival()).contains(Instant.ofEpochSecond(5));

    apply(
        event(6)
            .setStarted(
                io.dormouse.yarn.warmpool.proto.TaskStarted.newBuilder()
                    .setTask("t")
                    .setInstance("web-1")));
    assertThat(snapshot.queuedTasks()).isEmpty();
  }

  @Test
  void anEndedInstanceIsForgotten() {
    deploy(GIB, instance("IDLE", 1));
    apply(event(2).setInstance(instance("ENDED", 2)));
    deploy(GIB);

    assertThat(snapshot.instanceRows()).isEmpty();
  }

  @Test
  void aPoolThatIsDeployedAnewBringsItsOwnSizes() {
    deploy(GIB);
    apply(event(10).setInstance(instance("STARTING", 10)));
    apply(event(17).setInstance(instance("IDLE", 17)));

    deploy(4 * GIB, instance("IDLE", 20));

    assertThat(web().request()).isEqualTo(Resources.of(1_000, 4 * GIB));
    assertThat(web().coldStart()).isEmpty();
    assertThat(snapshot.instanceRows())
        .singleElement()
        .satisfies(row -> assertThat(row.instance().residentBytes()).isEqualTo(4 * GIB));
  }

  @Test
  void whatOtherApplicationsWaitForPressesOnMemory() {
    deploy(GIB);
    see(waits("PLAIN", GIB), waits("SPARK", 2 * GIB), waits("DORMOUSE", 4 * GIB));
    assertThat(snapshot.pendingBytes()).isEqualTo(3 * GIB);

    deploy(GIB);
    assertThat(snapshot.pendingBytes()).as("also in a whole state").isEqualTo(3 * GIB);

    see(waits("PLAIN", GIB), waits("SPARK", -1));
    assertThat(snapshot.pendingBytes()).isEqualTo(GIB);

    see();
    assertThat(snapshot.pendingBytes()).isZero();
  }

  private void see(PluginView.AppRow... apps) {
    snapshot =
        snapshot.apply(
            model.apply(new PluginView(1, 0, false, List.of(), List.of(apps), List.of())));
  }

  private static PluginView.AppRow waits(String type, long memoryBytes) {
    return new PluginView.AppRow("a", type, new PluginView.Amount(memoryBytes, 1));
  }

  @Test
  void anUnknownPhaseIsRefused() {
    deploy(GIB);

    assertThatThrownBy(() -> apply(event(1).setInstance(instance("DREAMING", 1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("DREAMING");
  }
}
