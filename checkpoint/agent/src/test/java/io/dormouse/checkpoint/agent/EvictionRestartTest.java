package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.SteppedAgent.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.InstanceState.Status;
import io.dormouse.checkpoint.images.Image;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Agents that die in an eviction, or find one at their start. */
class EvictionRestartTest extends EvictionCase {
  @Test
  void anAgentThatRestartsStillKnows() throws Exception {
    evict();
    agent.restart();
    assertThat(agent.state("i")).isEqualTo(InstanceState.FROZEN);
    assertThat(status().getEvictedBytes()).isEqualTo(SIZE);
    agent.attach(ALICE, "i", "c1", true);
    assertThat(agent.ask(Orders.thaw("i")).hasDone()).isTrue();
    assertWhole();
  }

  @Test
  void anEvictionThatWasCutShortIsUndoneByTheNextAgent() throws Exception {
    evict();
    Path record = folder.resolve("state").resolve("instances").resolve("i.json");
    String complete = Files.readString(record);
    assertThat(complete).contains("\"complete\":true");
    Files.writeString(record, complete.replace("\"complete\":true", "\"complete\":false"));

    agent.restart();

    assertThat(agent.state("i")).isEqualTo(InstanceState.FROZEN);
    assertThat(status().getEvictedBytes()).isZero();
    assertWhole();
    agent.attach(ALICE, "i", "c1", true);
    assertThat(agent.ask(Orders.evict("i", IMAGE)).hasDone()).isTrue();
    assertThat(blocks()).isZero();
  }

  /** Killed before each call of the engine in turn, and started again. */
  @Test
  void killedAtAnyStepItNeverRunsWithHoles() throws Exception {
    FakeEngine.Before whole = agent.engine.before;
    int kills = 0;
    for (int round = 0; round < 12; round++) {
      UUID image = new UUID(7, round);
      AtomicInteger left = new AtomicInteger(round);
      agent.engine.before =
          (operation, id) -> {
            if (left.getAndDecrement() == 0) {
              throw new Killed();
            }
            return whole.step(operation, id);
          };
      runUntilKilled(Orders.evict("i", image), left);
      runUntilKilled(Orders.thaw("i"), left);
      kills += left.get() < 0 ? 1 : 0;
      agent.engine.before = whole;
      agent.restart();
      agent.attach(ALICE, "i", "c1", true);
      assertThat(agent.ask(Orders.thaw("i")).getFailure().getMessage()).isEmpty();
      assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
      assertThat(agent.engine.running("i")).isEqualTo(1);
      assertWhole();
      assertThat(image(image)).isInstanceOf(Image.Missing.class);
    }
    assertThat(kills).isBetween(7, 11);
  }

  private void runUntilKilled(AgentCommand.Builder command, AtomicInteger left) {
    if (left.get() >= 0) {
      var unused = agent.send(command);
      agent.settle();
    }
  }

  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  @Test
  void endsIfSomebodyElseLetItGo() throws Exception {
    evict();
    agent.engine.capsules.get(agent.capsule("i")).status = Status.RUNNING;
    agent.restart();
    assertThat(agent.state("i")).isEqualTo(InstanceState.ENDED);
    assertThat(agent.engine.running("i")).isZero();
  }
}
