package io.dormouse.controller.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import io.dormouse.checkpoint.agentapi.proto.Abilities;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.InstanceStatus;
import io.dormouse.checkpoint.agentapi.proto.Inventory;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PlacesTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final NodeId SOURCE = new NodeId("source");
  private static final NodeId TARGET = new NodeId("target");
  private static final NodeId OTHER = new NodeId("other");
  private static final UUID LIFE = new UUID(1, 2);

  private final AgentRegistry agents = new AgentRegistry(ImmutableSet.of(SOURCE, TARGET, OTHER));
  private final Places places = new Places(agents, () -> LIFE);

  PlacesTest() {
    agents.members().forEach(Member::acknowledge);
    inventory(SOURCE, Optional.of(InstanceState.RUNNING));
    inventory(TARGET, Optional.empty());
    inventory(OTHER, Optional.empty());
  }

  /** Its scheduler calls it host-…. */
  private void inventory(NodeId node, Optional<InstanceState> state) {
    Inventory.Builder inventory =
        Inventory.newBuilder()
            .setAbilities(Abilities.newBuilder().setFreeze(true).setImage(true))
            .addSchedulerNodes("host-" + node.value());
    state.ifPresent(
        s -> inventory.addInstances(InstanceStatus.newBuilder().setInstance("w").setState(s)));
    boolean unused = agents.inventory(node, inventory.build(), NOW);
  }

  private static Intent move(Optional<Intent.Elsewhere> elsewhere) {
    return new Intent(
        "a-1",
        elsewhere.isPresent() ? Kind.MOVE : Kind.WAKE,
        "d-1",
        Optional.of(new InstanceId("w")),
        new WorkloadClassId("kind"),
        HibernationLevel.AWAKE,
        HibernationLevel.AWAKE,
        Step.AWAIT_LAUNCHER,
        0,
        0,
        Optional.of(SOURCE),
        "image",
        "",
        "old",
        elsewhere,
        "",
        NOW);
  }

  private static Intent moveTo(String schedulerNode) {
    return move(Optional.of(new Intent.Elsewhere(new NodeId(schedulerNode), "")));
  }

  @Test
  void aMoveTakesTheLauncherAtItsTarget() {
    assertThat(places.launcher(moveTo("host-target"))).isEmpty();

    inventory(TARGET, Optional.of(InstanceState.ATTACHED));

    assertThat(places.launcher(moveTo("host-target")))
        .contains(new Outcome.Attached(TARGET, LIFE.toString()));
  }

  @Test
  void aMoveTakesNoLauncherElsewhere() {
    inventory(OTHER, Optional.of(InstanceState.ATTACHED));

    assertThat(places.launcher(moveTo("host-target")))
        .get()
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.reason()).contains("at other and not at host-target"));

    inventory(TARGET, Optional.of(InstanceState.ATTACHED));
    assertThat(places.launcher(moveTo("host-target")))
        .contains(new Outcome.Attached(TARGET, LIFE.toString()));
  }

  @Test
  void aWakeTakesALauncherAnywhere() {
    inventory(OTHER, Optional.of(InstanceState.ATTACHED));

    assertThat(places.launcher(move(Optional.empty())))
        .contains(new Outcome.Attached(OTHER, LIFE.toString()));
  }

  @Test
  void aMoveIsAtBothOfItsAgentsWhateverItsSchedulerCallsThem() {
    assertThat(places.concerns(moveTo("host-target"), SOURCE)).isTrue();
    assertThat(places.concerns(moveTo("host-target"), TARGET)).isTrue();
    assertThat(places.concerns(moveTo("host-target"), OTHER)).isFalse();
    Intent attached = moveTo("host-target").withCopyAt(OTHER, "new");
    assertThat(places.concerns(attached, OTHER)).isTrue();
    assertThat(places.concerns(attached, TARGET)).isFalse();
  }

  @Test
  void aWakeThatFailedElsewhereWouldRatherBeWhereTheImageIs() {
    InstanceRecord awake =
        InstanceRecord.awake(new InstanceId("w"), new WorkloadClassId("kind"), NOW);
    InstanceRecord asleep = awake.imaged("image", Optional.of(SOURCE), "hibernated", NOW);

    assertThat(agents.near(asleep, Optional.empty())).isEmpty();
    assertThat(agents.near(asleep, Optional.of(SOURCE))).as("it failed there").isEmpty();
    assertThat(agents.near(asleep, Optional.of(OTHER))).contains(new NodeId("host-source"));
    assertThat(agents.near(awake, Optional.of(OTHER))).isEmpty();
    agents.inventory(SOURCE, Inventory.getDefaultInstance(), NOW);
    assertThat(agents.near(asleep, Optional.of(OTHER))).as("told no name").contains(SOURCE);
  }
}
