package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.SteppedAgent.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.EngineFailure;
import io.dormouse.checkpoint.engines.Pages;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies on fast storage: there as long as pages are taken from them, and never the only image. */
class LazyWakeTest {
  private static final UUID IMAGE = new UUID(1, 1);
  private static final UUID NEXT = new UUID(2, 2);
  private static final UUID AGAIN = new UUID(3, 3);

  @TempDir Path folder;
  private SteppedAgent agent;

  @BeforeEach
  void dump() {
    agent = new SteppedAgent(folder, 1);
    agent.engine.lazy = true;
    agent.fast = storage(1 << 20);
    agent.restart();
    agent.run(ALICE, "i", "c1");
    for (int i = 0; i < 12; i++) {
      agent.engine.work();
    }
    done(agent.ask(Orders.dump("i", IMAGE)));
  }

  @Test
  void wakesBeforeItsPagesAreInAndTheCopyStaysUntilTheyAre() throws IOException {
    wakeFromCopy();
    assertThat(pages()).isEqualTo(Pages.COMING);

    done(agent.ask(Orders.discard("i", IMAGE)));
    assertThat(agent.store.show(id())).isInstanceOf(Image.Missing.class);
    agent.housekeeping.collect();
    assertThat(copies()).hasSize(1);

    agent.engine.pages.put(agent.capsule("i"), Pages.ALL_IN);
    agent.housekeeping.collect();
    assertThat(copies()).isEmpty();
    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
  }

  @Test
  void toAskAgainForACopyDoesNothing() throws IOException {
    long bytes = done(agent.ask(Orders.cache("i", IMAGE))).getDone().getImageBytes();
    assertThat(bytes).isPositive();
    assertThat(done(agent.ask(Orders.cache("i", IMAGE))).getDone().getImageBytes())
        .isEqualTo(bytes);
    assertThat(copies()).hasSize(1);

    done(agent.ask(Orders.uncache("i", IMAGE)));
    done(agent.ask(Orders.uncache("i", IMAGE)));
    assertThat(copies()).isEmpty();
    assertThat(agent.store.show(id())).isInstanceOf(Image.Published.class);
  }

  @Test
  void theNextAgentFindsTheCopyAndRemovesWhatIsNone() throws IOException {
    done(agent.ask(Orders.cache("i", IMAGE)));
    Path images = folder.resolve("fast").resolve("images");
    Files.createDirectories(images.resolve(".half").resolve("files"));
    Files.createDirectories(images.resolve("i." + NEXT).resolve("files"));
    Files.writeString(images.resolve("stranger"), "?");

    agent.restart();
    assertThat(copies()).containsExactly("i." + IMAGE);
    agent.attach(ALICE, "i", "c1", true);
    wakeFromCopy();
    assertThat(pages()).isEqualTo(Pages.COMING);
  }

  @Test
  void whatDoesNotFitIsRefusedAndWakesFromTheStore() throws IOException {
    agent.fast = storage(1);
    agent.restart();
    agent.attach(ALICE, "i", "c1", true);

    AgentResult full = agent.ask(Orders.cache("i", IMAGE));

    assertThat(full.getFailure().getCode()).isEqualTo(FailureCode.FAST_STORAGE_FULL);
    assertThat(full.getFailure().getMessage()).contains("does not fit", "\nMaybe ");
    assertThat(copies()).isEmpty();
    wake();
    assertThat(agent.engine.pages).isEmpty();
  }

  @Test
  void aCopyThatChangedIsNotUsed() throws IOException {
    for (String change : List.of("other", "99", "gone", "more", "listing")) {
      done(agent.ask(Orders.cache("i", IMAGE)));
      Path copy = folder.resolve("fast").resolve("images").resolve("i." + IMAGE);
      Path file = copy.resolve("files").resolve("progress");
      switch (change) {
        case "gone" -> Files.delete(file);
        case "more" -> Files.writeString(file.resolveSibling("more"), "?");
        case "listing" -> Files.writeString(copy.resolve("listing.json"), "{\"files\":7");
        default -> Files.writeString(file, change);
      }
      FastImages images = agent.instances.parts().lazy().orElseThrow();

      assertThat(images.find(id())).as(change).isEmpty();
      assertThat(copies()).as(change).isEmpty();
      assertThat(images.used()).isZero();
    }
    wake();
    assertThat(agent.engine.pages).isEmpty();
  }

  @Test
  void aCopyThatCanNotBeRestoredIsTriedOnce() throws IOException {
    hibernateWithCopy();
    agent.engine.before =
        (operation, id) ->
            operation.equals("restore")
                ? Optional.of(new EngineFailure.ToolFailed("criu", 1, "no"))
                : Optional.empty();

    AgentResult failed = agent.ask(Orders.restore("i", IMAGE, NEXT));

    assertThat(failed.getFailure().getCode()).isEqualTo(FailureCode.RESTORE_FAILED);
    assertThat(copies()).isEmpty();
    agent.engine.before = (operation, id) -> Optional.empty();
    done(agent.ask(Orders.restore("i", IMAGE, AGAIN)));
    assertThat(agent.engine.pages).isEmpty();
    done(agent.ask(Orders.thaw("i")));
    agent.engine.work();
  }

  @Test
  void pagesThatAreLostBeforeItRanCostNothing() throws IOException {
    hibernateWithCopy();
    done(agent.ask(Orders.restore("i", IMAGE, NEXT)));
    agent.engine.pages.put(agent.capsule("i"), Pages.LOST);

    assertThat(agent.ask(Orders.thaw("i")).hasFailure()).isTrue();

    assertThat(agent.engine.running("i")).isZero();
    assertThat(agent.state("i")).isEqualTo(InstanceState.ENDED);
    agent.attach(ALICE, "i", "c3", false);
    done(agent.ask(Orders.restore("i", IMAGE, AGAIN)));
    done(agent.ask(Orders.thaw("i")));
    agent.engine.work();
  }

  @Test
  void pagesThatAreLostWhileItRunsEndItAtOnce() throws IOException {
    wakeFromCopy();
    agent.engine.pages.put(agent.capsule("i"), Pages.LOST);

    agent.housekeeping.lookForExits();
    agent.settle();

    assertThat(agent.state("i")).isEqualTo(InstanceState.ENDED);
    assertThat(agent.engine.running("i")).isZero();
  }

  @Test
  void theNextAgentEndsOneWhosePagesWereLostMeanwhile() throws IOException {
    wakeFromCopy();
    agent.engine.pages.put(agent.capsule("i"), Pages.LOST);
    agent.restart();
    assertThat(agent.state("i")).isEqualTo(InstanceState.ENDED);
  }

  @Test
  void theNextAgentGoesOnWatching() throws IOException {
    wakeFromCopy();
    agent.restart();
    agent.attach(ALICE, "i", "c2", true);
    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    agent.engine.pages.put(agent.capsule("i"), Pages.LOST);
    agent.housekeeping.lookForExits();
    agent.settle();
    assertThat(agent.state("i")).isEqualTo(InstanceState.ENDED);
  }

  @Test
  void nodesThatCanNotRefuse() {
    agent.engine.lazy = false;
    assertThat(agent.instances.parts().abilities().getLazy()).isFalse();
    assertThat(agent.ask(Orders.cache("i", IMAGE)).getFailure().getCode())
        .isEqualTo(FailureCode.UNSUPPORTED);
    agent.engine.lazy = true;
    assertThat(agent.instances.parts().abilities().getLazy()).isTrue();
    assertThat(agent.ask(Orders.cache("i", NEXT)).getFailure().getCode())
        .isEqualTo(FailureCode.IMAGE_MISSING);
    assertThat(agent.ask(Orders.cache("../i", IMAGE)).getFailure().getCode())
        .isEqualTo(FailureCode.INVALID_REQUEST);
    agent.fast = Optional.empty();
    agent.restart();
    assertThat(agent.ask(Orders.cache("i", IMAGE)).getFailure().getCode())
        .isEqualTo(FailureCode.UNSUPPORTED);
  }

  private void hibernateWithCopy() {
    done(agent.ask(Orders.cache("i", IMAGE)));
    hibernate();
  }

  private void hibernate() {
    done(agent.ask(Orders.release("i", IMAGE)));
    agent.attach(ALICE, "i", "c2", false);
  }

  private void wakeFromCopy() {
    done(agent.ask(Orders.cache("i", IMAGE)));
    wake();
  }

  private void wake() {
    hibernate();
    done(agent.ask(Orders.restore("i", IMAGE, NEXT)));
    done(agent.ask(Orders.thaw("i")));
    agent.engine.work();
  }

  private Pages pages() {
    return agent.engine.pages.getOrDefault(agent.capsule("i"), Pages.ALL_IN);
  }

  private Optional<AgentConfig.FastStorage> storage(long bytes) {
    return Optional.of(new AgentConfig.FastStorage(folder.resolve("fast"), bytes));
  }

  private List<String> copies() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("fast").resolve("images"))) {
      return all.map(path -> path.getFileName().toString()).toList();
    }
  }

  private static ImageId id() {
    return new ImageId("i", IMAGE);
  }

  private static AgentResult done(AgentResult result) {
    assertThat(result.getFailure().getMessage()).isEmpty();
    return result;
  }
}
