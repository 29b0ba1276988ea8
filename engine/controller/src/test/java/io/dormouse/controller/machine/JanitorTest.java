package io.dormouse.controller.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Images that nobody may wake go from the stores that they are in, which agents may not share. */
class JanitorTest {
  private static final InstanceId W = new InstanceId("w");

  private final PlayedCell cell = new PlayedCell();

  private void lead(Optional<NodeId> at) {
    Instant ended = PlayedCell.START;
    cell.lead(
        List.of(
            InstanceRecord.awake(W, PlayedCell.CLASS, ended)
                .imaged("image", at, "hibernated", ended)
                .ended("for a test", ended)));
  }

  private List<AgentCommand> discards() {
    return cell.agentCommands.stream().filter(AgentCommand::hasDiscardImage).toList();
  }

  private void discarded(NodeId node) {
    AgentResult done = AgentResult.newBuilder().setDone(Done.getDefaultInstance()).build();
    String request = discards().get(discards().size() - 1).getRequestId();
    cell.input(new Input.Answered(node, request, Optional.of(done)));
  }

  @Test
  void anAgentThatIsOnlyAwayIsWaitedFor() {
    cell.up.remove(PlayedCell.TWO);
    lead(Optional.of(PlayedCell.TWO));
    cell.pass(Duration.ofMinutes(5));
    assertThat(discards()).isEmpty();

    cell.up.add(PlayedCell.TWO);
    cell.pass(Duration.ofSeconds(5));
    discarded(PlayedCell.TWO);

    assertThat(cell.records).isEmpty();
  }

  @Test
  void forADeadOneAnotherOnTheSameStoreDoes() {
    cell.up.remove(PlayedCell.TWO);
    lead(Optional.of(PlayedCell.TWO));

    cell.pass(cell.settings.patience().missing().plusSeconds(5));
    discarded(PlayedCell.ONE);

    assertThat(cell.records).isEmpty();
  }

  @Test
  void whereNobodyKnowsWhoHasItAnyoneIsAsked() {
    lead(Optional.empty());

    assertThat(discards()).isNotEmpty();
  }
}
