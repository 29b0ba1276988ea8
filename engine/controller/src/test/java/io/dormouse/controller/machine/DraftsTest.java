package io.dormouse.controller.machine;

import static io.dormouse.controller.machine.PlayedCell.ONE;
import static io.dormouse.controller.machine.PlayedCell.TWO;
import static io.dormouse.controller.machine.PlayedCell.host;
import static io.dormouse.controller.machine.PlayedCell.instance;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentCommand.CommandCase;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.controller.machine.InstanceRecord.Garbage;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.spi.SchedulerCommand;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which instances go ahead of themselves, and what agents are asked for then. */
class DraftsTest {
  private static final InstanceId INSTANCE = new InstanceId("w");

  private final PlayedCell cell = new PlayedCell();

  DraftsTest() {
    cell.hosts.residentBytes = MoveLaunches.DRAFT_BYTES_MIN;
    cell.hosts.keepingCopies.add(TWO);
  }

  /** Up to where the launcher waits at its target. */
  private void move() {
    cell.holding(ONE, "w", InstanceState.RUNNING)
        .lead(List.of(), instance("w", InstancePhase.IDLE, Optional.of(host(ONE))));
    cell.decide(new Action.Move(INSTANCE, host(TWO)));
    assertThat(lastOfScheduler()).isInstanceOf(SchedulerCommand.Reserve.class);
    cell.schedulerDone();
    cell.attach(TWO, "w");
  }

  private SchedulerCommand lastOfScheduler() {
    return cell.schedulerCommands.get(cell.schedulerCommands.size() - 1);
  }

  private AgentCommand last() {
    return cell.agentCommands.get(cell.agentCommands.size() - 1);
  }

  @Test
  void mostOfALargeInstanceIsThereBeforeItStandsStill() {
    move();
    String draft = last().getDraftImage().getGeneration();
    assertThat(UUID.fromString(draft)).hasToString(draft);
    assertThat(last().getDraftImage().getLeaseMillis()).isEqualTo(cell.settings.lease().toMillis());
    cell.agentDone();
    assertThat(last().getHandOverImage().getGeneration()).isEqualTo(draft);
    assertThat(last().getHandOverImage().getNode()).isEqualTo(TWO.value());
    cell.agentDone();
    assertThat(last().getPullImage().getGeneration()).isEqualTo(draft);
    assertThat(last().getPullImage().getCache()).isTrue();
    assertThat(cell.schedulerCommands).as("in rotation").hasSize(1);
    cell.agentDone();

    assertThat(lastOfScheduler()).isInstanceOf(SchedulerCommand.Quiesce.class);
    cell.schedulerDone();
    String image = last().getDump().getGeneration();
    assertThat(UUID.fromString(image)).isNotEqualTo(UUID.fromString(draft));
    cell.agentDone();
    assertThat(last().getHandOverImage().getGeneration()).isEqualTo(image);
    cell.agentDone();
    assertThat(last().getPullImage().getGeneration()).isEqualTo(image);
    assertThat(last().getPullImage().getCache()).isTrue();
    cell.agentDone();
    assertThat(last().getRestoreFrozen().getGeneration()).isEqualTo(image);
    cell.agentDone();
    cell.agentDone();
    cell.agentDone();
    cell.schedulerDone();

    assertThat(cell.outcomes).extracting(ActionOutcome::result).containsExactly(Result.DONE);
    assertThat(cell.records.get(INSTANCE).garbage())
        .containsExactlyInAnyOrder(
            new Garbage(draft, Optional.of(ONE)),
            new Garbage(draft, Optional.of(TWO)),
            new Garbage(image, Optional.of(ONE)),
            new Garbage(image, Optional.of(TWO)));
  }

  @Test
  void ofASmallerOneNothingGoesAhead() {
    cell.hosts.residentBytes--;

    move();

    assertThat(lastOfScheduler()).isInstanceOf(SchedulerCommand.Quiesce.class);
    assertThat(cell.agentCommands).noneMatch(AgentCommand::hasDraftImage);
  }

  @Test
  void nothingGoesAheadToANodeThatKeepsNoCopies() {
    cell.hosts.keepingCopies.clear();
    cell.hosts.keepingCopies.add(ONE);

    move();

    assertThat(lastOfScheduler()).isInstanceOf(SchedulerCommand.Quiesce.class);
  }

  @Test
  void withoutTheDraftItMovesAllTheSame() {
    move();

    cell.agentFails(ONE, FailureCode.DUMP_FAILED);

    assertThat(lastOfScheduler()).isInstanceOf(SchedulerCommand.Quiesce.class);
    cell.schedulerDone();
    assertThat(cell.lastAgentCommand()).isEqualTo(CommandCase.DUMP);
  }

  @Test
  void oneThatGetsATaskMeanwhileIsBusyAndStays() {
    move();
    cell.report(false, instance("w", InstancePhase.BUSY, Optional.of(host(ONE))));
    cell.pass(Duration.ofSeconds(1));
    assertThat(cell.seen.get(INSTANCE).phase()).isEqualTo(InstancePhase.BUSY);
    String draft = last().getDraftImage().getGeneration();
    cell.agentDone();
    cell.agentDone();
    cell.agentDone();

    cell.schedulerRefuses("it has a task");

    assertThat(lastOfScheduler()).isInstanceOf(SchedulerCommand.Unreserve.class);
    cell.schedulerDone();
    assertThat(cell.outcomes).extracting(ActionOutcome::result).containsExactly(Result.UNDONE);
    assertThat(cell.records.get(INSTANCE).garbage())
        .containsExactlyInAnyOrder(
            new Garbage(draft, Optional.of(ONE)), new Garbage(draft, Optional.of(TWO)));
  }

  @Test
  void aTargetThatDiesMeanwhileLeavesItInRotation() {
    move();
    cell.agentDone();
    cell.agentDone();
    assertThat(cell.lastAgentCommand()).isEqualTo(CommandCase.PULL_IMAGE);

    cell.dies(TWO);
    cell.pass(cell.settings.patience().announce().multipliedBy(2));

    assertThat(lastOfScheduler()).isInstanceOf(SchedulerCommand.Unreserve.class);
    cell.schedulerDone();
    assertThat(cell.schedulerCommands)
        .noneMatch(SchedulerCommand.Quiesce.class::isInstance)
        .noneMatch(SchedulerCommand.Resume.class::isInstance);
    assertThat(cell.outcomes).extracting(ActionOutcome::result).containsExactly(Result.UNDONE);
  }
}
