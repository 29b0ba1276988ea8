package io.dormouse.controller.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.spi.SchedulerCommand;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A wake finds no process any more. Only where that is a loss is the instance replaced. */
class LostInstanceTest {
  private final PlayedCell cell =
      new PlayedCell()
          .holding(PlayedCell.ONE, "w", InstanceState.FROZEN)
          .lead(
              List.of(PlayedCell.frozen("w", PlayedCell.ONE)),
              PlayedCell.instance("w", InstancePhase.HIBERNATED));

  @BeforeEach
  void wake() {
    cell.decide(new Action.Wake(new InstanceId("w"), HibernationLevel.L1_RETAINED));
    assertThat(cell.agentCommands.get(cell.agentCommands.size() - 1).hasThaw()).isTrue();
  }

  private void ended() {
    cell.report(false, PlayedCell.instance("w", InstancePhase.ENDED));
  }

  private boolean isReplaced() {
    assertThat(cell.outcomes).extracting(ActionOutcome::result).containsExactly(Result.LOST);
    return cell.schedulerCommands.stream().anyMatch(SchedulerCommand.Start.class::isInstance);
  }

  @Test
  void aProcessThatDiedIsALoss() {
    cell.agentFails(PlayedCell.ONE, FailureCode.UNKNOWN_INSTANCE);
    ended();
    cell.schedulerDone();

    assertThat(isReplaced()).isTrue();
  }

  @Test
  void anApplicationThatEndedIsNone() {
    ended();
    cell.agentFails(PlayedCell.ONE, FailureCode.UNKNOWN_INSTANCE);
    cell.schedulerDone();

    assertThat(isReplaced()).isFalse();
  }

  @Test
  void anEndThatIsHeardAfterTheProcessWasMissedIsNone() {
    cell.agentFails(PlayedCell.ONE, FailureCode.UNKNOWN_INSTANCE);
    ended();
    cell.schedulerRefuses("unknown instance");

    assertThat(isReplaced()).isFalse();
  }

  @Test
  void aRefusalOfASchedulerThatListsTheInstanceExcusesNothing() {
    cell.agentFails(PlayedCell.ONE, FailureCode.UNKNOWN_INSTANCE);
    cell.schedulerRefuses("no connection");

    assertThat(isReplaced()).isTrue();
  }
}
