package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.SteppedAgent.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.EngineFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrialsTest {
  @TempDir Path folder;
  private SteppedAgent agent;
  private Trials trials;
  private final List<String> dumped = new ArrayList<>();
  private Optional<EngineFailure> failure = Optional.empty();

  @BeforeEach
  void setUp() {
    agent = new SteppedAgent(folder, 1);
    agent.engine.before =
        (operation, id) -> {
          if (operation.equals("dump")) {
            dumped.add(id);
            return failure;
          }
          return Optional.empty();
        };
    trials = trials();
  }

  private Trials trials() {
    return new Trials(agent.instances, folder.resolve("trial"));
  }

  private void look(int times) {
    for (int i = 0; i < times; i++) {
      agent.housekeeping.measure();
      trials.look();
      agent.settle();
    }
  }

  private List<String> noImages() {
    return agent.instances.statuses().stream().map(status -> status.getNoImage()).toList();
  }

  @Test
  void oneOfEachKindIsDumpedOnceItRestedAndRunsOnWithoutAnImage() {
    agent.run(ALICE, "i", "c1");
    agent.run(ALICE, "j", "c2");

    look(Trials.LOOKS);
    assertThat(dumped).isEmpty();
    look(5);

    assertThat(dumped).hasSize(1);
    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(agent.engine.running("i") + agent.engine.running("j")).isEqualTo(2);
    assertThat(noImages()).containsOnly("");
    assertThat(folder.resolve("trial")).doesNotExist();
  }

  @Test
  void whatItLearnsIsToldOfAllOfItsKindAndTriedAgainLater() {
    failure = Optional.of(new EngineFailure.ToolFailed("criu dump", 1, "no luck"));
    agent.run(ALICE, "i", "c1");
    agent.run(ALICE, "j", "c2");

    look(10);

    assertThat(dumped).hasSize(1);
    assertThat(noImages()).hasSize(2).allMatch(why -> why.contains("no luck"));
    assertThat(agent.engine.running("i") + agent.engine.running("j")).isEqualTo(2);

    failure = Optional.empty();
    agent.pass(Trials.PAUSE);
    look(1);
    assertThat(dumped).hasSize(2);
    assertThat(noImages()).containsOnly("");
  }

  @Test
  void whatTeachesNothingIsNotTriedAgainAtOnce() {
    failure = Optional.of(new EngineFailure.TimedOut("criu", Duration.ofSeconds(10), ""));
    agent.run(ALICE, "i", "c1");

    look(20);

    assertThat(dumped).hasSize(1);
    assertThat(noImages()).containsOnly("");
  }

  @Test
  void whatIsFrozenIsLeftAlone() {
    agent.run(ALICE, "i", "c1");
    agent.ask(Orders.freeze("i"));

    look(10);

    assertThat(dumped).isEmpty();
    assertThat(agent.state("i")).isEqualTo(InstanceState.FROZEN);
  }

  @Test
  void anAgentThatWasKilledMeanwhileLetsItRunOn() {
    agent.run(ALICE, "i", "c1");
    agent.engine.before =
        (operation, id) -> {
          if (operation.equals("dump")) {
            throw new IllegalStateException("killed");
          }
          return Optional.empty();
        };
    look(Trials.LOOKS + 1);
    assertThat(agent.engine.running("i")).isZero();
    assertThat(folder.resolve("trial")).doesNotExist();

    agent.engine.before = (operation, id) -> Optional.empty();
    agent.restart();
    agent.pass(Duration.ofSeconds(10));

    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(agent.engine.running("i")).isOne();
  }
}
