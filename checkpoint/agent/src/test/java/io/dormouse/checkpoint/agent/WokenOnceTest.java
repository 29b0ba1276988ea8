package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.SteppedAgent.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.EngineFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever cuts a thaw short: an image is woken once, and nobody stays frozen. */
class WokenOnceTest {
  private static final UUID IMAGE = new UUID(1, 1);
  private static final UUID NEXT = new UUID(2, 2);
  private static final UUID AGAIN = new UUID(3, 3);

  @TempDir Path folder;
  private SteppedAgent agent;
  private boolean killed;

  /** Stands for kill -9. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  @BeforeEach
  void restoreFrozen() {
    agent = new SteppedAgent(folder, 1);
    agent.run(ALICE, "i", "c1");
    agent.engine.work();
    assertDone(agent.ask(Orders.dump("i", IMAGE)));
    assertDone(agent.ask(Orders.release("i", IMAGE)));
    agent.attach(ALICE, "i", "c2", false);
    assertDone(agent.ask(Orders.restore("i", IMAGE, NEXT)));
  }

  @Test
  void aCopyThatRanAndEndedWhileTheAgentWasDownHasUsedItsImageUp() {
    killIn("thawn");
    agent.engine.work();
    agent.engine.exit(agent.capsule("i"), 0);

    agent.restart();

    assertThat(agent.state("i")).isEqualTo(InstanceState.ENDED);
    assertImageIsUsedUp();
  }

  @Test
  void aThawThatWasCutShortIsFinishedByTheNextAgent() {
    killIn("thaw");
    assertThat(agent.engine.running("i")).isZero();

    agent.restart();

    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(agent.engine.running("i")).isOne();
    agent.engine.work();
  }

  @Test
  void aRunningCopyWhoseRecordCouldNotBeWrittenIsNotTakenForAFrozenOne() throws IOException {
    Path obstacle = folder.resolve("state/instances/i.json.next");
    before("thawn", () -> Files.createDirectory(obstacle));
    AgentResult thawed = agent.ask(Orders.thaw("i"));
    assertThat(thawed.getFailure().getCode()).isEqualTo(FailureCode.INTERNAL);
    agent.engine.work();

    agent.pass(Duration.ofMillis(SteppedAgent.LEASE));
    assertThat(agent.engine.running("i")).isOne();
    Files.delete(obstacle);
    agent.pass(Duration.ofSeconds(2));

    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(agent.engine.running("i")).isOne();
    assertDone(agent.ask(Orders.terminate("i")));
    assertImageIsUsedUp();
  }

  @Test
  void aThawThatFailedIsTriedAgainAndNotUndone() {
    agent.engine.before =
        (operation, id) ->
            operation.equals("thaw")
                ? Optional.of(new EngineFailure.TimedOut("thawing", Duration.ZERO, "slow"))
                : Optional.empty();
    assertThat(agent.ask(Orders.thaw("i")).getFailure().getCode()).isEqualTo(FailureCode.TIMED_OUT);
    agent.pass(Duration.ofSeconds(5));
    agent.engine.before = (operation, id) -> Optional.empty();

    agent.pass(Duration.ofSeconds(2));

    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(agent.engine.running("i")).isOne();
  }

  @Test
  void aCopyThatDiedFrozenGivesItsImageBack() {
    agent.engine.exit(agent.capsule("i"), 137);

    assertThat(agent.ask(Orders.thaw("i")).hasFailure()).isTrue();

    agent.attach(ALICE, "i", "c3", false);
    assertDone(agent.ask(Orders.restore("i", IMAGE, AGAIN)));
  }

  private void killIn(String step) {
    before(
        step,
        () -> {
          killed = true;
          throw new Killed();
        });
    agent.stopped = () -> killed;
    assertThat(agent.send(Orders.thaw("i"))).isNotNull();
    agent.settle();
    assertThat(killed).as("killed in %s", step).isTrue();
    killed = false;
    agent.engine.before = (operation, id) -> Optional.empty();
  }

  private void before(String step, Act act) {
    agent.engine.before =
        (operation, id) -> {
          if (operation.equals(step)) {
            try {
              act.now();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            agent.engine.before = (next, capsule) -> Optional.empty();
          }
          return Optional.empty();
        };
  }

  private interface Act {
    void now() throws IOException;
  }

  private void assertImageIsUsedUp() {
    agent.settle();
    agent.attach(ALICE, "i", "c3", false);
    assertThat(agent.ask(Orders.restore("i", IMAGE, AGAIN)).getFailure().getCode())
        .isEqualTo(FailureCode.IMAGE_CLAIMED);
  }

  private static void assertDone(AgentResult result) {
    assertThat(result.hasDone()).as(result.getFailure().toString()).isTrue();
  }
}
