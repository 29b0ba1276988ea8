package io.dormouse.controller.machine;

import static io.dormouse.controller.machine.PlayedCell.ONE;
import static io.dormouse.controller.machine.PlayedCell.TWO;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.Host;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.spi.SchedulerCommand;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WishDeskTest {
  private static final NodeId THERE = PlayedCell.host(TWO);

  private final PlayedCell cell = new PlayedCell().holding(ONE, "w", InstanceState.RUNNING);

  private void lead() {
    cell.lead(
        List.of(), PlayedCell.instance("w", InstancePhase.IDLE, Optional.of(PlayedCell.host(ONE))));
  }

  private static MoveWish wish(String instance, Optional<NodeId> to, boolean dryRun) {
    return new MoveWish(new InstanceId(instance), to, "maintenance", dryRun);
  }

  private WishAnswer wish(Optional<NodeId> to) {
    return cell.wish(wish("w", to, false));
  }

  private static String reason(WishAnswer answer) {
    return ((WishAnswer.Refused) answer).reason();
  }

  @Test
  void whatIsWishedBeginsAtOnceAndIsKeptAsADecision() {
    lead();

    WishAnswer answer = wish(Optional.empty());

    WishAnswer.Begun begun = (WishAnswer.Begun) answer;
    assertThat(begun.to()).isEqualTo(THERE);
    assertThat(begun.decision()).isPresent();
    assertThat(cell.schedulerCommands)
        .hasSize(1)
        .first()
        .isInstanceOf(SchedulerCommand.Reserve.class);
    assertThat(cell.dispositions).containsExactly("carried out");
  }

  @Test
  void aNodeIsKnownByEitherName() {
    lead();
    assertThat(cell.wish(wish("w", Optional.of(TWO), true)))
        .isEqualTo(new WishAnswer.Begun(Optional.empty(), THERE));
    assertThat(cell.wish(wish("w", Optional.of(THERE), true)))
        .isEqualTo(new WishAnswer.Begun(Optional.empty(), THERE));
  }

  @Test
  void aDryRunDoesNothing() {
    lead();

    assertThat(cell.wish(wish("w", Optional.empty(), true)))
        .isEqualTo(new WishAnswer.Begun(Optional.empty(), THERE));

    assertThat(cell.engine.wishes).containsExactly(new Action.Move(new InstanceId("w"), THERE));
    assertThat(cell.schedulerCommands).isEmpty();
    assertThat(cell.dispositions).isEmpty();
  }

  @Test
  void whatIsUnknownIsSaid() {
    lead();
    assertThat(cell.wish(wish("x", Optional.empty(), false)))
        .isEqualTo(new WishAnswer.Unknown("There is no instance (x)."));
    assertThat(wish(Optional.of(new NodeId("three"))))
        .isEqualTo(new WishAnswer.Unknown("There is no node (three)."));
  }

  @Test
  void oneThatMovesIsNotMovedAgain() {
    lead();
    assertThat(wish(Optional.empty())).isInstanceOf(WishAnswer.Begun.class);

    assertThat(reason(wish(Optional.empty()))).contains("an action is under way");
  }

  @Test
  void theReasonsOfAllNodesAreTold() {
    lead();
    cell.dies(TWO);

    assertThat(reason(wish(Optional.empty())))
        .isEqualTo("no agent that follows this leader is at host-two");
    assertThat(reason(wish(Optional.of(PlayedCell.host(ONE)))))
        .isEqualTo("it is at host-one already");
    assertThat(cell.schedulerCommands).isEmpty();
  }

  @Test
  void whatTheEngineIsAgainstIsNotDone() {
    lead();
    cell.engine.refusals.add(THERE);

    assertThat(reason(wish(Optional.empty()))).isEqualTo("the engine is against host-two");
    assertThat(cell.schedulerCommands).isEmpty();
  }

  @Test
  void whereItCanNotBeRestoredItDoesNotGo() {
    cell.hosts.hosts.put(ONE, Host.newBuilder().setKernelRelease("6.1").build());
    cell.hosts.hosts.put(TWO, Host.newBuilder().setKernelRelease("5.10").build());
    lead();

    assertThat(reason(wish(Optional.empty())))
        .contains("it can't be restored at host-two", "5.10 is older");
    assertThat(cell.schedulerCommands).isEmpty();
  }

  @Test
  void aSchedulerThatKnowsOnePlaceOnlyIsAskedForNothing() {
    lead();
    cell.onePlaceOnly = Optional.of("one place only");

    assertThat(reason(wish(Optional.empty()))).isEqualTo("one place only");
    cell.decide(new Action.Move(new InstanceId("w"), THERE));
    assertThat(cell.dispositions).containsExactly("one place only");
    assertThat(cell.schedulerCommands).isEmpty();
  }

  @Test
  void whoDoesNotLeadOrOnlyObservesDoesNothing() {
    assertThat(reason(wish(Optional.empty()))).contains("does not lead");
    lead();
    cell.input(new Input.ModeSet(Mode.OBSERVE, "for a test"));

    assertThat(reason(wish(Optional.empty()))).isEqualTo("the controller only observes");
    assertThat(cell.schedulerCommands).isEmpty();
  }
}
