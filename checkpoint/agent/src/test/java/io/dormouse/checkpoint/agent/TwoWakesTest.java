package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.SteppedAgent.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.EngineFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One image, two nodes that share its store, and two controllers that know nothing of each other.
 */
class TwoWakesTest {
  private static final UUID IMAGE = new UUID(1, 1);

  @TempDir Path folder;
  private SteppedAgent one;
  private SteppedAgent other;
  private boolean killed;

  /** Stands for kill -9. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  @BeforeEach
  void hibernate() {
    one = node("n1");
    other = node("n2");
    other.engine.furthest = one.engine.furthest;
    one.run(ALICE, "i", "c1");
    one.engine.work();
    assertDone(one.ask(Orders.dump("i", IMAGE)));
    assertDone(one.ask(Orders.release("i", IMAGE)));
    one.attach(ALICE, "i", "c2", false);
    other.attach(ALICE, "i", "c3", false);
  }

  private SteppedAgent node(String name) {
    return new SteppedAgent(folder, 1, new SteppedAgent.Home(name, "state-" + name, "store"));
  }

  @Test
  void ofTwoThatWakeItAtOnceOneDoes() {
    List<AgentResult> second = new ArrayList<>();
    one.engine.before =
        (operation, id) -> {
          if (operation.equals("restore")) {
            second.add(other.ask(Orders.restore("i", IMAGE, new UUID(3, 3))));
          }
          return Optional.empty();
        };

    assertDone(one.ask(Orders.restore("i", IMAGE, new UUID(2, 2))));
    assertDone(one.ask(Orders.thaw("i")));
    one.engine.work();

    assertThat(second).hasSize(1);
    assertClaimed(second.get(0));
    assertThat(other.engine.capsules).isEmpty();
    assertClaimed(other.ask(Orders.restore("i", IMAGE, new UUID(4, 4))));
    assertThat(one.engine.running("i")).isOne();
  }

  @Test
  void itIsTheOthersOnceTheOneGaveItBack() {
    one.engine.before =
        (operation, id) ->
            operation.equals("restore")
                ? Optional.of(new EngineFailure.ProcessGone(id))
                : Optional.empty();
    assertThat(one.ask(Orders.restore("i", IMAGE, new UUID(2, 2))).hasFailure()).isTrue();

    assertDone(other.ask(Orders.restore("i", IMAGE, new UUID(3, 3))));
    one.engine.before = (operation, id) -> Optional.empty();

    assertClaimed(one.ask(Orders.restore("i", IMAGE, new UUID(2, 2))));
    assertDone(other.ask(Orders.thaw("i")));
    other.engine.work();
    assertThat(one.engine.capsules).isEmpty();
  }

  @Test
  void nobodyElseWakesWhatANodeThatIsNotHeardMayHaveWoken() {
    one.engine.before =
        (operation, id) -> {
          if (operation.equals("restored")) {
            killed = true;
            throw new Killed();
          }
          return Optional.empty();
        };
    one.stopped = () -> killed;
    assertThat(one.send(Orders.restore("i", IMAGE, new UUID(2, 2)))).isNotNull();
    one.settle();
    assertThat(killed).isTrue();

    assertClaimed(other.ask(Orders.restore("i", IMAGE, new UUID(3, 3))));

    killed = false;
    one.engine.before = (operation, id) -> Optional.empty();
    one.restart();
    assertThat(one.engine.capsules).as("what was cut short has not run").isEmpty();
    assertDone(other.ask(Orders.restore("i", IMAGE, new UUID(3, 3))));
    assertThat(other.state("i")).isEqualTo(InstanceState.RESTORED_FROZEN);
  }

  private static void assertClaimed(AgentResult result) {
    assertThat(result.getFailure().getCode()).isEqualTo(FailureCode.IMAGE_CLAIMED);
  }

  private static void assertDone(AgentResult result) {
    assertThat(result.hasDone()).as(result.getFailure().toString()).isTrue();
  }
}
