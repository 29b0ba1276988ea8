package io.dormouse.engine.hibernation;

import static io.dormouse.engine.Fixtures.GIB;
import static io.dormouse.engine.Fixtures.NOW;
import static io.dormouse.engine.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dormouse.engine.model.ClusterSnapshot;
import io.dormouse.engine.model.SnapshotDelta;
import org.junit.jupiter.api.Test;

class MemoryPressureTest {
  @Test
  void isOneWhileThereIsRoomAndRisesAsItRunsOut() {
    assertThat(MemoryPressure.factor(0)).isEqualTo(1);
    assertThat(MemoryPressure.factor(0.8)).isEqualTo(1);
    assertThat(MemoryPressure.factor(0.9)).isCloseTo(1.75, within(1e-9));
    assertThat(MemoryPressure.factor(1)).isCloseTo(4, within(1e-9));
    assertThat(MemoryPressure.factor(9)).isEqualTo(MemoryPressure.FACTOR_MAX);
  }

  @Test
  void countsHealthyNodesAndWhatOthersWaitFor() {
    ClusterSnapshot empty = ClusterSnapshot.empty(NOW);
    ClusterSnapshot roomy =
        empty.apply(SnapshotDelta.builder(NOW).node(node("n1", 4 * GIB)).build());
    ClusterSnapshot wanted = roomy.apply(SnapshotDelta.builder(NOW).pendingBytes(4 * GIB).build());

    assertThat(MemoryPressure.factor(empty)).isEqualTo(1);
    assertThat(MemoryPressure.factor(roomy)).isEqualTo(1);
    assertThat(MemoryPressure.factor(wanted)).isCloseTo(4, within(1e-9));
  }
}
