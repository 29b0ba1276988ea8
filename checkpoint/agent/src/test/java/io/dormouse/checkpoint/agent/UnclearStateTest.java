package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.SteppedAgent.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.EngineFailure;
import io.dormouse.checkpoint.engines.InstanceState.Status;
import io.dormouse.checkpoint.images.Claim;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.Stored;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine that can't tell how an instance stands has not said that it ended. */
class UnclearStateTest {
  private static final UUID IMAGE = new UUID(1, 1);
  private static final UUID NEXT = new UUID(2, 2);

  @TempDir Path folder;
  private SteppedAgent agent;
  private TestLauncher launcher;

  @BeforeEach
  void run() {
    agent = new SteppedAgent(folder, 1);
    launcher = agent.run(ALICE, "i", "c1");
  }

  @Test
  void aLivingInstanceIsNotDeclaredDead() {
    agent.failing("inspect");
    agent.engine.exit(agent.capsule("i"), 3);

    agent.housekeeping.lookForExits();
    agent.housekeeping.measure();
    agent.settle();

    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(launcher.open).isTrue();

    agent.failing();
    agent.housekeeping.lookForExits();
    agent.settle();
    assertThat(agent.state("i")).isEqualTo(InstanceState.ENDED);
  }

  @Test
  void anAgentThatStartsBlindKeepsItsInstancesAndLooksAgain() {
    assertThat(agent.ask(Orders.freeze("i")).hasDone()).isTrue();
    String capsule = agent.capsule("i");
    agent.failing("inspect");

    agent.restart();

    assertThat(agent.state("i")).isEqualTo(InstanceState.FROZEN);
    assertThat(agent.engine.capsules).containsKey(capsule);
    agent.engine.capsules.get(capsule).status = Status.RUNNING;
    agent.failing();
    agent.pass(Freezing.RETRY);
    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
  }

  @Test
  void aLauncherThatComesBackIsToldItsStreamsOnceTheyAreKnown() {
    agent.restart();
    agent.failing("inspect");

    TestLauncher back = agent.attach(ALICE, "i", "c1", true);

    assertThat(back.open).isTrue();
    assertThat(back.started()).isZero();
    agent.failing();
    agent.pass(Freezing.RETRY);
    assertThat(back.started()).isOne();
  }

  @Test
  void aDumpWhoseEndCannotBeSeenFailsAndTheInstanceRunsOn() {
    agent.engine.before =
        (operation, id) -> {
          if (operation.equals("dumped")) {
            agent.failing("inspect");
          }
          return Optional.empty();
        };

    assertThat(agent.ask(Orders.dump("i", IMAGE)).getFailure().getCode())
        .isEqualTo(FailureCode.DUMP_FAILED);

    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(agent.engine.running("i")).isOne();
  }

  @Test
  void aFrozenCapsuleOfARunningRecordIsThawedHoweverOftenItFails() {
    agent.engine.capsules.get(agent.capsule("i")).status = Status.FROZEN;
    agent.failing("thaw");

    agent.restart();
    agent.attach(ALICE, "i", "c1", true);
    agent.pass(Duration.ofSeconds(5));
    assertThat(agent.engine.running("i")).isZero();

    agent.failing();
    agent.pass(Freezing.RETRY);
    assertThat(agent.engine.running("i")).isOne();
    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
  }

  @Test
  void aFreezeWhoseEndCannotBeRecordedEndsWithItsLease() throws IOException {
    Path obstacle = folder.resolve("state/instances/i.json.next");
    agent.engine.before =
        (operation, id) -> {
          if (!operation.equals("dump")) {
            return Optional.empty();
          }
          block(obstacle);
          return Optional.of(new EngineFailure.ToolFailed("runc checkpoint", 1, "no luck"));
        };
    assertThat(agent.ask(Orders.dump("i", IMAGE)).hasFailure()).isTrue();

    Files.delete(obstacle);
    agent.failing();
    agent.pass(Duration.ofMillis(SteppedAgent.LEASE));

    assertThat(agent.engine.running("i")).isOne();
    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
  }

  @Test
  void anImageIsNotGivenBackWhileSomethingOfItsRestoreMayBeLeft() {
    assertThat(agent.ask(Orders.dump("i", IMAGE)).hasDone()).isTrue();
    assertThat(agent.ask(Orders.release("i", IMAGE)).hasDone()).isTrue();
    agent.attach(ALICE, "i", "c2", false);
    agent.failing("restore", "delete");
    assertThat(agent.ask(Orders.restore("i", IMAGE, NEXT)).hasFailure()).isTrue();

    agent.failing("delete");
    UUID again = new UUID(3, 3);
    AgentResult refused = agent.ask(Orders.restore("i", IMAGE, again));
    assertThat(refused.getFailure().getCode()).isEqualTo(FailureCode.INTERNAL);
    assertThat(refused.getFailure().getMessage()).contains("an earlier restore", "\nMaybe ");
    assertThat(claim()).contains("n1/" + NEXT);

    agent.failing();
    agent.housekeeping.measure();
    agent.settle();
    assertThat(claim()).isEmpty();
    assertThat(agent.ask(Orders.restore("i", IMAGE, again)).hasDone()).isTrue();
  }

  private Optional<String> claim() {
    Stored<Optional<Claim>> claim = agent.store.claimOf(new ImageId("i", IMAGE));
    return ((Stored.Ok<Optional<Claim>>) claim).value().map(Claim::claimant);
  }

  @Test
  void recordsAndEpochsThatCannotBeReadAreNotTakenForNone() throws IOException {
    for (String name : List.of("epochs", "names", "requests", "instances/x.json")) {
      Path obstacle = folder.resolve("state").resolve(name);
      Files.deleteIfExists(obstacle);
      Files.createDirectory(obstacle);

      assertThatThrownBy(agent::restart).as(name).isInstanceOf(UncheckedIOException.class);

      assertThat(agent.engine.running("i")).isOne();
      Files.delete(obstacle);
    }
  }

  private static void block(Path file) {
    try {
      Files.createDirectory(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
