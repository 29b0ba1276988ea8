package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.Bench.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.EngineFailure;
import io.dormouse.checkpoint.engines.InstanceState.Status;
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
  private Bench bench;
  private TestLauncher launcher;

  @BeforeEach
  void run() {
    bench = new Bench(folder, 1);
    launcher = bench.run(ALICE, "i", "c1");
  }

  @Test
  void aLivingInstanceIsNotDeclaredDead() {
    failing("inspect");

    bench.housekeeping.lookForExits();
    bench.settle();

    assertThat(bench.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(bench.engine.running("i")).isOne();
    assertThat(launcher.open).isTrue();

    bench.engine.exit(bench.capsule("i"), 3);
    failing();
    bench.housekeeping.lookForExits();
    bench.settle();
    assertThat(bench.state("i")).isEqualTo(InstanceState.ENDED);
  }

  @Test
  void anAgentThatStartsBlindKeepsItsInstancesAndLooksAgain() {
    assertThat(bench.ask(Bench.freeze("i")).hasDone()).isTrue();
    String capsule = bench.capsule("i");
    failing("inspect");

    bench.restart();

    assertThat(bench.state("i")).isEqualTo(InstanceState.FROZEN);
    assertThat(bench.engine.capsules).containsKey(capsule);
    bench.engine.capsules.get(capsule).status = Status.RUNNING;
    failing();
    bench.pass(Freezing.RETRY);
    assertThat(bench.state("i")).isEqualTo(InstanceState.RUNNING);
  }

  @Test
  void aLauncherThatComesBackIsToldItsStreamsOnceTheyAreKnown() {
    bench.restart();
    failing("inspect");

    TestLauncher back = bench.attach(ALICE, "i", "c1", true);

    assertThat(back.open).isTrue();
    assertThat(back.started()).isZero();
    failing();
    bench.pass(Freezing.RETRY);
    assertThat(back.started()).isOne();
  }

  @Test
  void aDumpWhoseEndCannotBeSeenFailsAndTheInstanceRunsOn() {
    bench.engine.before =
        (operation, id) -> {
          if (operation.equals("dumped")) {
            failing("inspect");
          }
          return Optional.empty();
        };

    assertThat(bench.ask(Bench.dump("i", IMAGE)).getFailure().getCode())
        .isEqualTo(FailureCode.DUMP_FAILED);

    assertThat(bench.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(bench.engine.running("i")).isOne();
  }

  @Test
  void aFrozenCapsuleOfARunningRecordIsThawedHoweverOftenItFails() {
    bench.engine.capsules.get(bench.capsule("i")).status = Status.FROZEN;
    failing("thaw");

    bench.restart();
    bench.attach(ALICE, "i", "c1", true);
    bench.pass(Duration.ofSeconds(5));
    assertThat(bench.engine.running("i")).isZero();

    failing();
    bench.pass(Freezing.RETRY);
    assertThat(bench.engine.running("i")).isOne();
    assertThat(bench.state("i")).isEqualTo(InstanceState.RUNNING);
  }

  @Test
  void aFreezeWhoseEndCannotBeRecordedEndsWithItsLease() throws IOException {
    Path obstacle = folder.resolve("state/instances/i.json.next");
    bench.engine.before =
        (operation, id) -> {
          if (!operation.equals("dump")) {
            return Optional.empty();
          }
          block(obstacle);
          return Optional.of(new EngineFailure.ToolFailed("runc checkpoint", 1, "no luck"));
        };
    assertThat(bench.ask(Bench.dump("i", IMAGE)).hasFailure()).isTrue();

    Files.delete(obstacle);
    failing();
    bench.pass(Duration.ofMillis(Bench.LEASE));

    assertThat(bench.engine.running("i")).isOne();
    assertThat(bench.state("i")).isEqualTo(InstanceState.RUNNING);
  }

  @Test
  void anImageIsNotGivenBackWhileSomethingOfItsRestoreMayBeLeft() {
    assertThat(bench.ask(Bench.dump("i", IMAGE)).hasDone()).isTrue();
    assertThat(bench.ask(Bench.release("i", IMAGE)).hasDone()).isTrue();
    bench.attach(ALICE, "i", "c2", false);
    failing("restore", "delete");
    assertThat(bench.ask(Bench.restore("i", IMAGE, NEXT)).hasFailure()).isTrue();
    failing();
    UUID again = new UUID(3, 3);
    assertThat(bench.ask(Bench.restore("i", IMAGE, again)).getFailure().getCode())
        .isEqualTo(FailureCode.IMAGE_CLAIMED);

    bench.housekeeping.measure();
    bench.settle();

    assertThat(bench.ask(Bench.restore("i", IMAGE, again)).hasDone()).isTrue();
  }

  @Test
  void recordsAndEpochsThatCannotBeReadAreNotTakenForNone() throws IOException {
    for (String name : List.of("epochs", "names", "requests", "instances/x.json")) {
      Path obstacle = folder.resolve("state").resolve(name);
      Files.deleteIfExists(obstacle);
      Files.createDirectory(obstacle);

      assertThatThrownBy(bench::restart).as(name).isInstanceOf(UncheckedIOException.class);

      assertThat(bench.engine.running("i")).isOne();
      Files.delete(obstacle);
    }
  }

  private void failing(String... operations) {
    bench.engine.before =
        (operation, id) ->
            List.of(operations).contains(operation)
                ? Optional.of(new EngineFailure.Unknown("/proc", "Too many open files"))
                : Optional.empty();
  }

  private static void block(Path file) {
    try {
      Files.createDirectory(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
