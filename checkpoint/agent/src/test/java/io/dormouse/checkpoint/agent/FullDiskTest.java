package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.SteppedAgent.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.EndReason;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.DataEviction;
import io.dormouse.checkpoint.engines.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** While no record can be written, nothing is begun; what must be done is done once one can be. */
class FullDiskTest {
  private static final UUID IMAGE = new UUID(1, 1);

  @TempDir Path folder;
  private SteppedAgent agent;
  private TestLauncher launcher;

  @BeforeEach
  void run() {
    agent = new SteppedAgent(folder, 1);
    launcher = agent.run(ALICE, "i", "c1");
  }

  /** From here on no record of it can be written. */
  private Path obstacle() throws IOException {
    return Files.createDirectory(folder.resolve("state/instances/i.json.next"));
  }

  @Test
  void aDumpThatCannotBeWrittenDownLeavesNothing() throws IOException {
    leavesNothing(Orders.dump("i", IMAGE));
  }

  @Test
  void anEvictionThatCannotBeWrittenDownLeavesNothing() throws IOException {
    Path layer = Files.createDirectories(folder.resolve("layer").resolve("work"));
    Files.write(layer.resolve("data"), new byte[1 << 20]);
    agent.engine.data = folder.resolve("layer");
    assumeTrue(
        DataEviction.probe(folder, Duration.ofSeconds(20)) instanceof Outcome.Ok, "no holes here");

    leavesNothing(Orders.evict("i", IMAGE));
  }

  private void leavesNothing(AgentCommand.Builder command) throws IOException {
    Path obstacle = obstacle();

    assertThat(agent.ask(command.clone()).getFailure().getCode()).isEqualTo(FailureCode.INTERNAL);

    assertThat(staged()).isEmpty();
    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(agent.engine.running("i")).isOne();
    Files.delete(obstacle);
    assertThat(agent.ask(command).getFailure().getMessage()).isEmpty();
    assertThat(staged()).isEmpty();
  }

  private List<Path> staged() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("store/staging"))) {
      return all.toList();
    }
  }

  @Test
  void anInstanceWhoseLauncherIsGoneEndsOnceThatCanBeWrittenDown() throws IOException {
    Path obstacle = obstacle();
    agent.launcherDies("i", launcher);
    agent.settle();
    assertThat(agent.engine.running("i")).isOne();

    Files.delete(obstacle);
    agent.pass(Freezing.RETRY);

    assertThat(agent.state("i")).isEqualTo(InstanceState.ENDED);
    assertThat(agent.engine.capsules).isEmpty();
  }

  @Test
  void soDoesOneWhoseLauncherStaysAwayAfterARestart() throws IOException {
    agent.restart();
    Path obstacle = obstacle();
    agent.pass(agent.instances.parts().settings().reconnectWindow());
    assertThat(agent.engine.running("i")).isOne();

    Files.delete(obstacle);
    agent.pass(Freezing.RETRY);

    assertThat(agent.state("i")).isEqualTo(InstanceState.ENDED);
    assertThat(agent.engine.capsules).isEmpty();
  }

  @Test
  void aLauncherThatComesBackInTimeKeepsItsInstance() throws IOException {
    agent.restart();
    Path obstacle = obstacle();
    agent.pass(agent.instances.parts().settings().reconnectWindow());
    TestLauncher back = agent.attach(ALICE, "i", "c1", true);
    assertThat(back.open).isTrue();

    Files.delete(obstacle);
    agent.pass(Freezing.RETRY);

    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(back.ended()).isEqualTo(EndReason.END_REASON_UNSPECIFIED);
  }
}
