package io.dormouse.controller.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.spi.SchedulerCommand;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an agent that died holds keeps nobody waiting. */
class DeadAgentTest {
  private static final InstanceId W = new InstanceId("w");
  private static final Action WAKE = new Action.Wake(W, HibernationLevel.L1_RETAINED);

  /** A lease, a thaw's deadline and the margin of its answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(26);

  private final PlayedCell cell =
      new PlayedCell()
          .holding(PlayedCell.ONE, "w", InstanceState.FROZEN)
          .lead(
              List.of(PlayedCell.frozen("w", PlayedCell.ONE)),
              PlayedCell.instance("w", InstancePhase.HIBERNATED));

  private boolean canWake() {
    return cell.seen.get(W).canBeAt(HibernationLevel.L1_RETAINED);
  }

  @Test
  void whatItHoldsFrozenIsNotWoken() {
    assertThat(canWake()).isTrue();

    cell.dies(PlayedCell.ONE);
    cell.decide(WAKE);

    assertThat(canWake()).isFalse();
    assertThat(cell.dispositions).containsExactly("no agent that follows this leader holds it");
    cell.up.add(PlayedCell.ONE);
    cell.pass(Duration.ofSeconds(2));
    assertThat(canWake()).as("its agent is back").isTrue();
    cell.decide(WAKE);
    assertThat(cell.agentCommands.get(cell.agentCommands.size() - 1).hasThaw()).isTrue();
  }

  @Test
  void aWakeThatItHasBegunSoonCountsAsNoneForTheTasksThatWait() {
    cell.decide(WAKE);
    cell.pass(Duration.ofSeconds(1));
    assertThat(cell.seen.get(W).phase()).isEqualTo(InstancePhase.WAKING);

    cell.dies(PlayedCell.ONE);
    cell.pass(Duration.ofSeconds(2));
    assertThat(cell.seen.get(W).phase()).as("a short break").isEqualTo(InstancePhase.WAKING);
    cell.pass(Duration.ofSeconds(3));

    assertThat(cell.seen.get(W).phase()).isEqualTo(InstancePhase.HIBERNATING);
  }

  @Test
  void aWakeOfWhatTheSchedulerHasEndedEnds() {
    cell.decide(WAKE);
    cell.dies(PlayedCell.ONE);
    cell.report(false, PlayedCell.instance("w", InstancePhase.ENDED));
    cell.pass(PATIENCE.minusSeconds(3));
    assertThat(cell.schedulerCommands).as("a command may be under way").isEmpty();

    cell.pass(Duration.ofSeconds(4));

    assertThat(cell.schedulerCommands).allMatch(SchedulerCommand.Terminate.class::isInstance);
    cell.schedulerRefuses("unknown");
    assertThat(cell.outcomes).extracting(ActionOutcome::result).containsExactly(Result.LOST);
    assertThat(cell.records).isEmpty();
  }

  @Test
  void aWakeOfWhatTheSchedulerListsGoesOnWhenItsAgentIsBack() {
    cell.decide(WAKE);
    cell.dies(PlayedCell.ONE);
    cell.pass(PATIENCE.multipliedBy(4));
    assertThat(cell.outcomes).isEmpty();

    int sent = cell.agentCommands.size();
    cell.up.add(PlayedCell.ONE);
    cell.pass(Duration.ofSeconds(3));

    assertThat(cell.agentCommands.subList(sent, cell.agentCommands.size()))
        .anyMatch(command -> command.hasThaw());
  }

  @Test
  void aHibernationOfWhatTheSchedulerHasEndedEnds() {
    cell.decide(
        new Action.Hibernate(W, HibernationLevel.L1_RETAINED, HibernationLevel.L3_FULL_SNAPSHOT));
    cell.dies(PlayedCell.ONE);
    cell.report(false, PlayedCell.instance("w", InstancePhase.ENDED));
    cell.pass(Duration.ofSeconds(140));

    assertThat(cell.schedulerCommands).hasSizeGreaterThan(0);
    cell.schedulerRefuses("unknown");
    cell.pass(Duration.ofSeconds(1));
    assertThat(cell.outcomes).extracting(ActionOutcome::result).containsExactly(Result.UNDONE);
    assertThat(cell.records.get(W).level()).isEqualTo(HibernationLevel.TERMINATED);
    cell.up.add(PlayedCell.ONE);
    cell.pass(Duration.ofSeconds(3));
    assertThat(cell.agentCommands.get(cell.agentCommands.size() - 1).hasDiscardImage())
        .as("the image that the dump may have left is discarded where it is")
        .isTrue();
  }

  @Test
  void whatItHoldsFrozenIsForgottenOnceTheSchedulerHasMissedItForLong() {
    cell.dies(PlayedCell.ONE);
    cell.report(true);
    cell.pass(cell.settings.patience().missing().minusSeconds(1));
    assertThat(cell.records).containsKey(W);

    cell.pass(Duration.ofSeconds(2));

    assertThat(cell.records).isEmpty();
  }
}
