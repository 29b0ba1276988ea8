package io.dormouse.controller.machine;

import static io.dormouse.controller.machine.PlayedCell.ONE;
import static io.dormouse.controller.machine.PlayedCell.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand.CommandCase;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.plan.Action;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** User ids are 32 bits without a sign; directories of large sites hand out the upper half, too. */
class OwnersTest {
  private static final InstanceId W = new InstanceId("w");
  private static final long OWNER = 4_000_000_000L;

  private final PlayedCell cell = new PlayedCell();

  private void lead() {
    cell.hosts.owner = OWNER;
    cell.holding(ONE, "w", InstanceState.RUNNING)
        .lead(
            List.of(),
            PlayedCell.instance("w", InstancePhase.IDLE, Optional.of(PlayedCell.host(ONE))));
  }

  @Test
  void anImageIsTakenOverAsItsOwners() {
    lead();
    cell.decide(new Action.Move(W, PlayedCell.host(TWO)));
    cell.schedulerDone();
    cell.attach(TWO, "w");
    cell.schedulerDone();
    cell.agentDone();
    cell.agentDone();

    assertThat(cell.lastAgentCommand()).isEqualTo(CommandCase.PULL_IMAGE);
    assertThat(cell.agentCommands.get(cell.agentCommands.size() - 1).getPullImage().getOwnerUid())
        .isEqualTo(OWNER);
  }

  @Test
  void whoseAnInstanceIsIsKeptWhileItSleeps() {
    lead();

    cell.decide(new Action.Hibernate(W, HibernationLevel.AWAKE, HibernationLevel.L3_FULL_SNAPSHOT));

    assertThat(cell.records.get(W).owner()).isEqualTo(OWNER);
  }
}
