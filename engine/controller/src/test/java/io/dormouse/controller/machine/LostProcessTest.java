package io.dormouse.controller.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.SchedulerCommand;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An instance is out of rotation, and no agent knows its process. */
class LostProcessTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final PlayedCell cell = new PlayedCell().lead(List.of());

  private List<SchedulerCommand> afterListing(Optional<NodeId> host) {
    cell.report(false, PlayedCell.instance("w", InstancePhase.HIBERNATING, host));
    cell.pass(LONG);
    return cell.schedulerCommands;
  }

  @Test
  void anotherNodesDeadAgentDoesNotKeepItFromBeingEnded() {
    cell.dies(PlayedCell.TWO);

    assertThat(afterListing(Optional.of(PlayedCell.host(PlayedCell.ONE))))
        .isNotEmpty()
        .allSatisfy(
            command -> {
              assertThat(command).isInstanceOf(SchedulerCommand.Terminate.class);
              assertThat(((SchedulerCommand.Terminate) command).instance())
                  .isEqualTo(new InstanceId("w"));
            });
  }

  @Test
  void itsOwnNodesAgentIsWaitedFor() {
    cell.dies(PlayedCell.ONE);

    assertThat(afterListing(Optional.of(PlayedCell.host(PlayedCell.ONE)))).isEmpty();
    cell.up.add(PlayedCell.ONE);
    cell.pass(LONG);
    assertThat(cell.schedulerCommands).isNotEmpty();
  }

  @Test
  void whereItsNodeIsUnknownAllAgentsAreWaitedFor() {
    cell.dies(PlayedCell.TWO);

    assertThat(afterListing(Optional.empty())).isEmpty();
    assertThat(afterListing(Optional.of(new NodeId("elsewhere")))).isEmpty();
  }
}
