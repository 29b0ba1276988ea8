package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.SteppedAgent.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.InstanceStatus;
import io.dormouse.checkpoint.engines.DataEviction;
import io.dormouse.checkpoint.engines.InstanceState.Status;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data leaves the disk only where it comes back from, and nothing runs before it is back. */
class EvictionTest {
  private static final UUID IMAGE = new UUID(1, 1);
  private static final UUID OTHER = new UUID(2, 2);
  private static final int SIZE = 1 << 20;

  @TempDir Path folder;
  private SteppedAgent agent;
  private Path file;
  private byte[] content;

  @BeforeEach
  void run() throws IOException {
    agent = new SteppedAgent(folder, 1);
    agent.engine.data = Files.createDirectories(folder.resolve("layer"));
    assumeTrue(
        DataEviction.probe(folder, Duration.ofSeconds(20)) instanceof Outcome.Ok, "no holes here");
    Path work = Files.createDirectory(folder.resolve("layer").resolve("work"));
    content = new byte[SIZE];
    new Random(1).nextBytes(content);
    file = Files.write(work.resolve("data"), content);
    agent.run(ALICE, "i", "c1");
    agent.engine.before =
        (operation, id) -> {
          if (operation.equals("thaw") || operation.equals("dump")) {
            assertWhole();
          }
          return Optional.empty();
        };
  }

  @Test
  void dataIsInTheStoreUntilTheThaw() throws Exception {
    AgentResult evicted = agent.ask(Orders.evict("i", IMAGE));

    assertThat(evicted.getFailure().getMessage()).isEmpty();
    assertThat(evicted.getDone().getImageBytes()).isPositive();
    assertThat(evicted.getDone().getStatus().getEvictedBytes()).isEqualTo(SIZE);
    assertThat(agent.state("i")).isEqualTo(InstanceState.FROZEN);
    assertThat(blocks()).isZero();
    assertThat(file).hasSize(SIZE);
    assertThat(image(IMAGE)).isInstanceOf(Image.Published.class);

    AgentResult thawed = agent.ask(Orders.thaw("i"));

    assertThat(thawed.getDone().getStatus().getState()).isEqualTo(InstanceState.RUNNING);
    assertThat(thawed.getDone().getStatus().getEvictedBytes()).isZero();
    assertWhole();
    assertThat(image(IMAGE)).isInstanceOf(Image.Missing.class);
  }

  @Test
  void askedAgainOnlyTheLeaseIsNew() throws Exception {
    assertThat(agent.ask(Orders.freeze("i")).hasDone()).isTrue();
    assertThat(agent.ask(Orders.evict("i", IMAGE)).hasDone()).isTrue();
    agent.pass(Duration.ofMillis(SteppedAgent.LEASE * 3 / 4));
    AgentResult again = agent.ask(Orders.evict("i", OTHER));
    assertThat(again.getDone().getStatus().getEvictedBytes()).isEqualTo(SIZE);
    agent.pass(Duration.ofMillis(SteppedAgent.LEASE * 3 / 4));
    assertThat(agent.state("i")).isEqualTo(InstanceState.FROZEN);
    assertThat(blocks()).isZero();
  }

  @Test
  void leaseThatEndsBringsTheDataBackFirst() throws Exception {
    evict();
    agent.pass(Duration.ofMillis(SteppedAgent.LEASE + 1));
    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertWhole();
  }

  @Test
  void withNothingToEvictItStandsAsBefore() throws Exception {
    Files.write(file, new byte[10]);
    content = new byte[10];

    AgentResult running = agent.ask(Orders.evict("i", IMAGE));
    assertThat(running.getFailure().getCode()).isEqualTo(FailureCode.NOTHING_TO_EVICT);
    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);

    assertThat(agent.ask(Orders.freeze("i")).hasDone()).isTrue();
    AgentResult frozen = agent.ask(Orders.evict("i", OTHER));
    assertThat(frozen.getFailure().getCode()).isEqualTo(FailureCode.NOTHING_TO_EVICT);
    assertThat(agent.state("i")).isEqualTo(InstanceState.FROZEN);
    agent.pass(Duration.ofMillis(SteppedAgent.LEASE + 1));
    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
  }

  @Test
  void nodesThatCanNotRefuse() {
    agent.engine.data = null;
    assertThat(agent.ask(Orders.evict("i", IMAGE)).getFailure().getCode())
        .isEqualTo(FailureCode.UNSUPPORTED);
    assertThat(agent.instances.parts().abilities().getData()).isFalse();
  }

  @Test
  void staysFrozenWhileTheImageIsMissingAndComesBackByItself() throws Exception {
    evict();
    Path images = folder.resolve("store").resolve("images");
    Path aside = folder.resolve("aside");
    Files.move(images, aside);

    AgentResult refused = agent.ask(Orders.thaw("i"));
    assertThat(refused.getFailure().getCode()).isEqualTo(FailureCode.IMAGE_MISSING);
    agent.pass(Duration.ofMillis(SteppedAgent.LEASE * 5));
    assertThat(agent.state("i")).isEqualTo(InstanceState.FROZEN);
    assertThat(agent.engine.running("i")).isZero();

    Files.deleteIfExists(images);
    Files.move(aside, images);
    agent.pass(Freezing.REFILL_RETRY.plusMillis(1));
    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertWhole();
  }

  @Test
  void staysFrozenWhileABitOfTheImageIsWrong() throws Exception {
    evict();
    for (Path stored : stored()) {
      byte[] right = Files.readAllBytes(stored);
      byte[] wrong = right.clone();
      wrong[right.length / 2] ^= 1;
      Files.write(stored, wrong);
      AgentResult refused = agent.ask(Orders.thaw("i"));
      assertThat(refused.getFailure().getCode())
          .as("with a bit of %s wrong", stored)
          .isEqualTo(FailureCode.IMAGE_CORRUPT);
      assertThat(agent.state("i")).isEqualTo(InstanceState.FROZEN);
      Files.write(stored, right);
    }
    assertThat(agent.ask(Orders.thaw("i")).hasDone()).isTrue();
    assertWhole();
  }

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
  void endsWithItsImage() throws Exception {
    evict();
    assertThat(agent.ask(Orders.terminate("i")).hasDone()).isTrue();
    agent.housekeeping.measure();
    agent.settle();
    assertThat(image(IMAGE)).isInstanceOf(Image.Missing.class);
  }

  @Test
  void endsIfSomebodyElseLetItGo() throws Exception {
    evict();
    agent.engine.capsules.get(agent.capsule("i")).status = Status.RUNNING;
    agent.restart();
    assertThat(agent.state("i")).isEqualTo(InstanceState.ENDED);
    assertThat(agent.engine.running("i")).isZero();
  }

  @Test
  void dumpHasAllData() throws Exception {
    evict();
    AgentResult dumped = agent.ask(Orders.dump("i", OTHER));
    assertThat(dumped.getFailure().getMessage()).isEmpty();
    assertThat(status().getEvictedBytes()).isZero();
    assertWhole();
    assertThat(agent.ask(Orders.evict("i", IMAGE)).getFailure().getCode())
        .isEqualTo(FailureCode.WRONG_STATE);
  }

  @Test
  void imageOfDataIsNeitherDiscardedNorRestored() throws Exception {
    evict();
    assertThat(agent.ask(Orders.discard("i", IMAGE)).getFailure().getCode())
        .isEqualTo(FailureCode.WRONG_STATE);
    SteppedAgent other = new SteppedAgent(folder, 1, "other");
    other.attach(ALICE, "i", "c2", false);
    assertThat(other.ask(Orders.restore("i", IMAGE, OTHER)).getFailure().getMessage())
        .contains("data only");
  }

  private void evict() throws Exception {
    AgentResult evicted = agent.ask(Orders.evict("i", IMAGE));
    assertThat(evicted.getFailure().getMessage()).isEmpty();
    assertThat(blocks()).isZero();
  }

  private void assertWhole() {
    try {
      assertThat(Files.readAllBytes(file)).isEqualTo(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long blocks() throws IOException {
    Process stat = new ProcessBuilder("stat", "--format=%b", file.toString()).start();
    return Long.parseLong(
        new String(stat.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
  }

  private Image image(UUID generation) {
    return agent.store.show(new ImageId("i", generation));
  }

  private InstanceStatus status() {
    return agent.instances.find("i").orElseThrow().refresh();
  }

  private List<Path> stored() throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve("store"))) {
      return all.filter(Files::isRegularFile)
          .filter(path -> !path.toString().contains("/keys/"))
          .filter(path -> path.toString().contains("/packs/") || path.endsWith("manifest.json"))
          .toList();
    }
  }
}
