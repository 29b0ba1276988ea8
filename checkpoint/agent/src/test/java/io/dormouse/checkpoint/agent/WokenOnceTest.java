package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.Bench.ALICE;
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
  private Bench bench;
  private boolean killed;

  /** Stands for kill -9. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  @BeforeEach
  void restoreFrozen() {
    bench = new Bench(folder, 1);
    bench.run(ALICE, "i", "c1");
    bench.engine.work();
    assertDone(bench.ask(Bench.dump("i", IMAGE)));
    assertDone(bench.ask(Bench.release("i", IMAGE)));
    bench.attach(ALICE, "i", "c2", false);
    assertDone(bench.ask(Bench.restore("i", IMAGE, NEXT)));
  }

  @Test
  void aCopyThatRanAndEndedWhileTheAgentWasDownHasUsedItsImageUp() {
    killIn("thawn");
    bench.engine.work();
    bench.engine.exit(bench.capsule("i"), 0);

    bench.restart();

    assertThat(bench.state("i")).isEqualTo(InstanceState.ENDED);
    assertImageIsUsedUp();
  }

  @Test
  void aThawThatWasCutShortIsFinishedByTheNextAgent() {
    killIn("thaw");
    assertThat(bench.engine.running("i")).isZero();

    bench.restart();

    assertThat(bench.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(bench.engine.running("i")).isOne();
    bench.engine.work();
  }

  @Test
  void aRunningCopyWhoseRecordCouldNotBeWrittenIsNotTakenForAFrozenOne() throws IOException {
    Path obstacle = folder.resolve("state/instances/i.json.next");
    before("thawn", () -> Files.createDirectory(obstacle));
    AgentResult thawed = bench.ask(Bench.thaw("i"));
    assertThat(thawed.getFailure().getCode()).isEqualTo(FailureCode.INTERNAL);
    bench.engine.work();

    bench.pass(Duration.ofMillis(Bench.LEASE));
    assertThat(bench.engine.running("i")).isOne();
    Files.delete(obstacle);
    bench.pass(Duration.ofSeconds(2));

    assertThat(bench.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(bench.engine.running("i")).isOne();
    assertDone(bench.ask(Bench.terminate("i")));
    assertImageIsUsedUp();
  }

  @Test
  void aThawThatFailedIsTriedAgainAndNotUndone() {
    bench.engine.before =
        (operation, id) ->
            operation.equals("thaw")
                ? Optional.of(new EngineFailure.TimedOut("thawing", Duration.ZERO, "slow"))
                : Optional.empty();
    assertThat(bench.ask(Bench.thaw("i")).getFailure().getCode()).isEqualTo(FailureCode.TIMED_OUT);
    bench.pass(Duration.ofSeconds(5));
    bench.engine.before = (operation, id) -> Optional.empty();

    bench.pass(Duration.ofSeconds(2));

    assertThat(bench.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(bench.engine.running("i")).isOne();
  }

  @Test
  void aCopyThatDiedFrozenGivesItsImageBack() {
    bench.engine.exit(bench.capsule("i"), 137);

    assertThat(bench.ask(Bench.thaw("i")).hasFailure()).isTrue();

    bench.attach(ALICE, "i", "c3", false);
    assertDone(bench.ask(Bench.restore("i", IMAGE, AGAIN)));
  }

  private void killIn(String step) {
    before(
        step,
        () -> {
          killed = true;
          throw new Killed();
        });
    bench.stopped = () -> killed;
    assertThat(bench.send(Bench.thaw("i"))).isNotNull();
    bench.settle();
    assertThat(killed).as("killed in %s", step).isTrue();
    killed = false;
    bench.engine.before = (operation, id) -> Optional.empty();
  }

  private void before(String step, Act act) {
    bench.engine.before =
        (operation, id) -> {
          if (operation.equals(step)) {
            try {
              act.now();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            bench.engine.before = (next, capsule) -> Optional.empty();
          }
          return Optional.empty();
        };
  }

  private interface Act {
    void now() throws IOException;
  }

  private void assertImageIsUsedUp() {
    bench.settle();
    bench.attach(ALICE, "i", "c3", false);
    assertThat(bench.ask(Bench.restore("i", IMAGE, AGAIN)).getFailure().getCode())
        .isEqualTo(FailureCode.IMAGE_CLAIMED);
  }

  private static void assertDone(AgentResult result) {
    assertThat(result.hasDone()).as(result.getFailure().toString()).isTrue();
  }
}
