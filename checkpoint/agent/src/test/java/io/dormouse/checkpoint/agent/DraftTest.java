package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.SteppedAgent.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.EngineFailure;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.VerifyResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of instances that run on: for nodes to have most of them, and never to be woken. */
class DraftTest {
  private static final UUID DRAFT = new UUID(1, 1);
  private static final UUID IMAGE = new UUID(2, 2);
  private static final UUID NEXT = new UUID(3, 3);

  @TempDir Path folder;
  private SteppedAgent agent;

  @BeforeEach
  void run() {
    agent = new SteppedAgent(folder, 1);
    agent.engine.lazy = true;
    agent.fast = Optional.of(new AgentConfig.FastStorage(folder.resolve("fast"), 1 << 20));
    agent.restart();
    agent.run(ALICE, "i", "c1");
    agent.engine.work();
  }

  @Test
  void anInstanceRunsOnAfterADraft() {
    AgentResult drafted = agent.ask(Orders.draft("i", DRAFT));

    assertThat(drafted.getDone().getImageBytes()).isPositive();
    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(agent.engine.running("i")).isOne();
    assertThat(agent.store.verify(draft())).isInstanceOf(VerifyResult.Verified.class);
    assertThat(agent.ask(Orders.draft("i", DRAFT)).getDone().getImageBytes())
        .as("asked again")
        .isEqualTo(drafted.getDone().getImageBytes());
  }

  @Test
  void nobodyWakesADraft() {
    assertThat(agent.ask(Orders.draft("i", DRAFT)).hasDone()).isTrue();
    assertThat(agent.ask(Orders.dump("i", IMAGE)).hasDone()).isTrue();
    assertThat(agent.ask(Orders.release("i", IMAGE)).hasDone()).isTrue();
    agent.attach(ALICE, "i", "c2", false);

    AgentResult refused = agent.ask(Orders.restore("i", DRAFT, NEXT));

    assertThat(refused.getFailure().getCode()).isEqualTo(FailureCode.INVALID_REQUEST);
    assertThat(refused.getFailure().getMessage()).contains("holds no process", "\nMaybe ");
    assertThat(agent.ask(Orders.restore("i", IMAGE, NEXT)).hasDone()).isTrue();
  }

  @Test
  void whateverFailsTheInstanceRunsOnAndNothingIsLeft() throws IOException {
    for (String step : List.of("freeze", "dump", "dumped", "inspect")) {
      agent.engine.before =
          (operation, id) ->
              operation.equals(step)
                  ? Optional.of(new EngineFailure.ToolFailed("criu", 1, "no"))
                  : Optional.empty();

      AgentResult failed = agent.ask(Orders.draft("i", DRAFT));

      agent.engine.before = (operation, id) -> Optional.empty();
      assertThat(failed.getFailure().getCode()).as(step).isEqualTo(FailureCode.DUMP_FAILED);
      assertThat(agent.state("i")).as(step).isEqualTo(InstanceState.RUNNING);
      assertThat(agent.engine.running("i")).as(step).isOne();
      assertThat(staged()).as(step).isEmpty();
    }
    assertThat(agent.ask(Orders.draft("i", DRAFT)).hasDone()).isTrue();
  }

  @Test
  void whatDoesNotRunHasNoDraft() {
    assertThat(agent.ask(Orders.freeze("i")).hasDone()).isTrue();
    assertThat(agent.ask(Orders.draft("i", DRAFT)).getFailure().getCode())
        .isEqualTo(FailureCode.WRONG_STATE);
    assertThat(agent.state("i")).isEqualTo(InstanceState.FROZEN);
    assertThat(agent.ask(Orders.draft("other", DRAFT)).getFailure().getCode())
        .isEqualTo(FailureCode.UNKNOWN_INSTANCE);
    agent.engine.images = false;
    assertThat(agent.ask(Orders.thaw("i")).hasDone()).isTrue();
    assertThat(agent.ask(Orders.draft("i", DRAFT)).getFailure().getCode())
        .isEqualTo(FailureCode.UNSUPPORTED);
  }

  @Test
  void anAgentThatWasKilledMeanwhileHasItRunOn() {
    AtomicBoolean killed = new AtomicBoolean();
    agent.stopped = killed::get;
    agent.engine.before =
        (operation, id) -> {
          if (operation.equals("dumped")) {
            killed.set(true);
            throw new Killed();
          }
          return Optional.empty();
        };
    var unused = agent.send(Orders.draft("i", DRAFT));
    agent.settle();
    assertThat(killed).isTrue();
    agent.stopped = () -> false;
    agent.engine.before = (operation, id) -> Optional.empty();

    agent.restart();
    agent.attach(ALICE, "i", "c1", true);
    assertThat(agent.state("i")).as("its lease is not over").isEqualTo(InstanceState.FROZEN);
    assertThat(agent.engine.running("i")).isZero();
    agent.pass(Duration.ofMillis(SteppedAgent.LEASE));

    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(agent.engine.running("i")).isOne();
    assertThat(agent.store.show(draft())).isInstanceOf(Image.Missing.class);
  }

  @Test
  void whatAnotherOwnersDumpCameToSpeaksAgainstNobodyElse() {
    agent.run(SteppedAgent.BOB, "j", "c2");
    agent.engine.before =
        (operation, id) ->
            operation.equals("dump")
                ? Optional.of(new EngineFailure.Unsupported("/home/alice/secret", "close it"))
                : Optional.empty();
    assertThat(agent.ask(Orders.draft("i", DRAFT)).hasFailure()).isTrue();

    assertThat(noImage("i")).contains("secret");
    assertThat(noImage("j")).isEmpty();
  }

  @Test
  void theNextCopyIsMadeOfTheDrafts() throws IOException {
    assertThat(agent.ask(Orders.draft("i", DRAFT)).hasDone()).isTrue();
    assertThat(agent.ask(Orders.cache("i", DRAFT)).hasDone()).isTrue();
    agent.engine.work();
    assertThat(agent.ask(Orders.dump("i", IMAGE)).hasDone()).isTrue();

    assertThat(agent.ask(Orders.cache("i", IMAGE)).hasDone()).isTrue();

    assertThat(copies()).containsExactly("i." + IMAGE);
    Path copy = agent.instances.parts().lazy().orElseThrow().find(new ImageId("i", IMAGE)).get();
    assertThat(copy.resolve("progress")).hasContent("2");
  }

  @Test
  void aDamagedCopyIsNotMadeIntoTheNext() throws IOException {
    assertThat(agent.ask(Orders.draft("i", DRAFT)).hasDone()).isTrue();
    assertThat(agent.ask(Orders.cache("i", DRAFT)).hasDone()).isTrue();
    Files.writeString(
        folder.resolve("fast/images").resolve("i." + DRAFT).resolve("files/progress"), "7");
    assertThat(agent.ask(Orders.dump("i", IMAGE)).hasDone()).isTrue();

    assertThat(agent.ask(Orders.cache("i", IMAGE)).hasDone()).isTrue();

    Path copy = agent.instances.parts().lazy().orElseThrow().find(new ImageId("i", IMAGE)).get();
    assertThat(copy.resolve("progress")).hasContent("1");
  }

  /** No catch clause of the agent's is for it. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  private String noImage(String instance) {
    return agent.instances.statuses().stream()
        .filter(status -> status.getInstance().equals(instance))
        .findFirst()
        .orElseThrow()
        .getNoImage();
  }

  private ImageId draft() {
    return new ImageId("i", DRAFT);
  }

  private List<String> copies() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("fast/images"))) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private List<Path> staged() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("store/staging"))) {
      return all.toList();
    }
  }
}
