package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.SteppedAgent.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.images.Image;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Data leaves the disk only where it comes back from, and nothing runs before it is back. */
class EvictionTest extends EvictionCase {
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
  void endsWithItsImage() throws Exception {
    evict();
    assertThat(agent.ask(Orders.terminate("i")).hasDone()).isTrue();
    agent.housekeeping.measure();
    agent.settle();
    assertThat(image(IMAGE)).isInstanceOf(Image.Missing.class);
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
        .contains("holds no process");
  }
}
