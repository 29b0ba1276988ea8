package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.SteppedAgent.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.EndReason;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.EngineFailure;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dump that fails is a failed hibernation, and says something of what it was tried on. */
class FailedDumpTest {
  private static final UUID IMAGE = new UUID(1, 1);
  private static final UUID NEXT = new UUID(2, 2);

  @TempDir Path folder;
  private SteppedAgent agent;

  @BeforeEach
  void setUp() {
    agent = new SteppedAgent(folder, 1);
  }

  @Test
  void aFailedDumpLeavesTheInstanceRunningAndNoImage() {
    agent.run(ALICE, "i", "c1");
    agent.engine.before =
        (operation, id) ->
            operation.equals("dump")
                ? Optional.of(new EngineFailure.ToolFailed("runc checkpoint", 1, "no luck"))
                : Optional.empty();

    AgentResult result = agent.ask(Orders.dump("i", IMAGE));

    assertFailed(result, FailureCode.DUMP_FAILED);
    assertThat(result.getFailure().getMessage()).contains("no luck");
    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(agent.engine.running("i")).isOne();
    assertThat(image()).isInstanceOf(Image.Missing.class);
    agent.engine.before = (operation, id) -> Optional.empty();
    assertDone(agent.ask(Orders.dump("i", IMAGE)));
  }

  @Test
  void aFailedDumpSpeaksAgainstImagesOfWhatRunsTheSameUntilOneWorks() {
    agent.run(ALICE, "i", "c1");
    agent.run(ALICE, "j", "c2");
    agent.engine.before =
        (operation, id) ->
            operation.equals("dump")
                ? Optional.of(new EngineFailure.ToolFailed("runc checkpoint", 1, "no luck"))
                : Optional.empty();
    assertFailed(agent.ask(Orders.dump("i", IMAGE)), FailureCode.DUMP_FAILED);

    assertThat(noImages()).hasSize(2).allMatch(why -> why.contains("no luck"));
    assertThat(agent.events)
        .last()
        .matches(event -> event.getChanged().getNoImage().contains("no luck"));
    agent.restart();
    assertThat(noImages()).hasSize(2).allMatch(why -> why.contains("no luck"));

    agent.engine.before = (operation, id) -> Optional.empty();
    assertDone(agent.ask(Orders.dump("j", NEXT)));
    assertThat(noImages()).containsOnly("");
  }

  private List<String> noImages() {
    return agent.instances.statuses().stream().map(status -> status.getNoImage()).toList();
  }

  @Test
  void aWorkerThatDiesDuringItsDumpHasEnded() {
    TestLauncher launcher = agent.run(ALICE, "i", "c1");
    agent.engine.before =
        (operation, id) -> {
          if (operation.equals("dump")) {
            agent.engine.exit(id, 9);
            return Optional.of(new EngineFailure.ToolFailed("runc checkpoint", 1, "it died"));
          }
          return Optional.empty();
        };

    assertFailed(agent.ask(Orders.dump("i", IMAGE)), FailureCode.DUMP_FAILED);

    assertThat(agent.state("i")).isEqualTo(InstanceState.ENDED);
    assertThat(launcher.ended()).isEqualTo(EndReason.EXITED);
    assertThat(image()).isInstanceOf(Image.Missing.class);
    assertThat(agent.engine.capsules).isEmpty();
    agent.run(ALICE, "j", "c2");
    assertThat(noImages()).as("that says nothing of its kind").containsOnly("");
  }

  @Test
  void anEngineWithoutImagesSaysSo() {
    agent.engine.images = false;
    agent.run(ALICE, "i", "c1");

    assertFailed(agent.ask(Orders.dump("i", IMAGE)), FailureCode.UNSUPPORTED);
    assertDone(agent.ask(Orders.freeze("i")));
  }

  private Image image() {
    return agent.store.show(new ImageId("i", IMAGE));
  }

  private static void assertDone(AgentResult result) {
    assertThat(result.hasDone()).as(result.getFailure().toString()).isTrue();
  }

  private static void assertFailed(AgentResult result, FailureCode code) {
    assertThat(result.getFailure().getCode()).as(result.toString()).isEqualTo(code);
  }
}
