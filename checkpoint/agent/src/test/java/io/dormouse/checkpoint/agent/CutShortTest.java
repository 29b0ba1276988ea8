package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.SteppedAgent.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.EngineFailure;
import io.dormouse.checkpoint.engines.InstanceState.Status;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tools of a dump outlive an agent that is killed. While they hold an instance, it looks as if
 * it ran, and in the end they stop it.
 */
class CutShortTest {
  private static final UUID IMAGE = new UUID(1, 1);

  @TempDir Path folder;
  private SteppedAgent agent;
  private final List<String> thawed = new ArrayList<>();

  @BeforeEach
  void killInTheMiddleOfADump() {
    agent = new SteppedAgent(folder, 1);
    agent.run(ALICE, "i", "c1");
    AtomicBoolean killed = new AtomicBoolean();
    agent.stopped = killed::get;
    agent.engine.before =
        (operation, id) -> {
          if (operation.equals("dump")) {
            agent.engine.capsules.get(id).status = Status.RUNNING;
            killed.set(true);
            throw new IllegalStateException("killed");
          }
          return Optional.empty();
        };
    var unused = agent.send(Orders.dump("i", IMAGE));
    agent.settle();
    assertThat(killed).isTrue();
    agent.stopped = () -> false;
    agent.engine.before =
        (operation, id) -> {
          if (operation.equals("thaw")) {
            thawed.add(id);
          }
          return Optional.empty();
        };
  }

  @Test
  void whatSeemsToRunIsLetGoAllTheSame() {
    agent.restart();

    assertThat(thawed).containsExactly(agent.capsule("i"));
    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(agent.store.show(new ImageId("i", IMAGE))).isInstanceOf(Image.Missing.class);
    agent.attach(ALICE, "i", "c1", true);
    agent.pass(Duration.ofMillis(2 * SteppedAgent.LEASE));
    assertThat(thawed).hasSize(1);
  }

  @Test
  void untilTheToolsHaveEndedItIsTriedAgain() {
    agent.engine.before =
        (operation, id) -> {
          if (operation.equals("thaw") && thawed.size() < 3) {
            thawed.add(id);
            agent.engine.capsules.get(id).status = Status.FROZEN;
            return Optional.of(
                new EngineFailure.TimedOut("the end of a dump", Duration.ofSeconds(1), ""));
          }
          return Optional.empty();
        };
    agent.restart();
    agent.attach(ALICE, "i", "c1", true);
    assertThat(agent.state("i")).isEqualTo(InstanceState.FROZEN);

    agent.pass(Freezing.RETRY.multipliedBy(4));

    assertThat(thawed).hasSize(3);
    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(agent.engine.running("i")).isOne();
  }

  @Test
  void anotherAgentThatIsKilledMeanwhileLeavesItToTheNext() {
    agent.engine.before =
        (operation, id) -> {
          if (operation.equals("thaw")) {
            agent.stopped = () -> true;
            throw new IllegalStateException("killed");
          }
          return Optional.empty();
        };
    agent.restart();
    agent.stopped = () -> false;
    agent.engine.before = (operation, id) -> Optional.empty();
    String capsule = agent.capsule("i");
    agent.engine.capsules.get(capsule).status = Status.FROZEN;

    agent.restart();
    agent.attach(ALICE, "i", "c1", true);
    agent.pass(Freezing.RETRY);

    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(agent.engine.running("i")).isOne();
  }
}
