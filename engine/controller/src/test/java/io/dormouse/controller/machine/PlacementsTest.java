package io.dormouse.controller.machine;

import static io.dormouse.controller.machine.PlayedCell.ONE;
import static io.dormouse.controller.machine.PlayedCell.TWO;
import static io.dormouse.controller.machine.PlayedCell.host;
import static io.dormouse.controller.machine.PlayedCell.instance;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.plan.Action;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlacementsTest {
  private static final Service SERVICE = new Service("counter", new InstanceId("w"), 8_000);

  private final PlayedCell cell = new PlayedCell();

  private void lead() {
    cell.traffic.services.add(SERVICE);
    cell.holding(ONE, "w", InstanceState.RUNNING)
        .lead(List.of(), instance("w", InstancePhase.IDLE, Optional.of(host(ONE))));
  }

  @Test
  void aServiceIsWhereItsInstanceRuns() {
    lead();

    Placement there = new Placement(SERVICE, ONE, "life", "one");
    assertThat(cell.traffic.placements).containsEntry("counter", there).hasSize(1);
    assertThat(cell.traffic.directed).endsWith(ImmutableList.of(there));
  }

  @Test
  void aMovedOneIsThereOnceItsSourceIsOverAndBeforeItsCopyIsThawed() {
    lead();
    cell.decide(new Action.Move(new InstanceId("w"), host(TWO)));
    cell.schedulerDone();
    cell.attach(TWO, "w");
    cell.schedulerDone();
    for (AgentCommand.CommandCase next :
        List.of(
            AgentCommand.CommandCase.DUMP,
            AgentCommand.CommandCase.HAND_OVER_IMAGE,
            AgentCommand.CommandCase.PULL_IMAGE,
            AgentCommand.CommandCase.RESTORE_FROZEN,
            AgentCommand.CommandCase.RELEASE)) {
      assertThat(cell.lastAgentCommand()).isEqualTo(next);
      assertThat(cell.traffic.placements.get("counter").node()).isEqualTo(ONE);
      cell.agentDone();
    }

    assertThat(cell.lastAgentCommand()).isEqualTo(AgentCommand.CommandCase.THAW);
    assertThat(cell.traffic.placements.get("counter").node()).isEqualTo(TWO);
    assertThat(cell.traffic.placements.get("counter").life()).isNotEqualTo("life");
    assertThat(cell.traffic.directed.get(cell.traffic.directed.size() - 1))
        .containsExactlyElementsOf(cell.traffic.placements.values());
  }

  @Test
  void aRestingOneKeepsItsPlace() {
    lead();
    cell.decide(
        new Action.Hibernate(
            new InstanceId("w"),
            io.dormouse.engine.model.HibernationLevel.AWAKE,
            io.dormouse.engine.model.HibernationLevel.L1_RETAINED));
    cell.schedulerDone();
    cell.agentDone();

    assertThat(cell.records.get(new InstanceId("w")).level())
        .isEqualTo(io.dormouse.engine.model.HibernationLevel.L1_RETAINED);
    assertThat(cell.traffic.placements.get("counter").node()).isEqualTo(ONE);
  }

  @Test
  void whoLeadsNoLongerDirectsNothing() {
    lead();

    cell.input(new Input.LeadershipLost("the session is lost"));

    assertThat(cell.traffic.directed).endsWith(ImmutableList.of());
  }
}
