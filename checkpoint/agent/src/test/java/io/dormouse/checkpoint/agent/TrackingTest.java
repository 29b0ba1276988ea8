package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.SteppedAgent.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.engines.EngineFailure;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which image the next dump of an instance may rely on. */
class TrackingTest {
  private static final UUID IMAGE = new UUID(1, 1);
  private static final UUID NEXT = new UUID(2, 2);
  private static final UUID AGAIN = new UUID(3, 3);

  @TempDir Path folder;
  private SteppedAgent agent;

  @BeforeEach
  void run() {
    agent = new SteppedAgent(folder, 1);
    agent.run(ALICE, "i", "c1");
    agent.engine.work();
  }

  @Test
  void theImageThatWasPublishedAlsoWhenItIsGone() {
    assertDone(agent.ask(Orders.dump("i", IMAGE)));
    assertThat(agent.engine.told.images).containsOnlyKeys(agent.capsule("i"));
    // The instance runs on, so the image is void; its pages are there still.
    assertDone(agent.ask(Orders.thaw("i")));
    agent.engine.work();

    assertDone(agent.ask(Orders.dump("i", NEXT)));

    assertThat(agent.engine.told.inherits).containsExactly(false, true);
  }

  @Test
  void theImageThatItWasWokenFrom() {
    assertDone(agent.ask(Orders.dump("i", IMAGE)));
    assertDone(agent.ask(Orders.release("i", IMAGE)));
    agent.attach(ALICE, "i", "c2", false);
    assertDone(agent.ask(Orders.restore("i", IMAGE, NEXT)));
    assertDone(agent.ask(Orders.thaw("i")));
    agent.engine.work();
    assertDone(agent.ask(Orders.discard("i", IMAGE)));

    assertDone(agent.ask(Orders.dump("i", AGAIN)));

    assertThat(agent.engine.told.inherits).containsExactly(false, true);
  }

  @Test
  void noneAfterADumpThatMadeNoImage() {
    assertDone(agent.ask(Orders.dump("i", IMAGE)));
    assertDone(agent.ask(Orders.thaw("i")));
    agent.engine.before =
        (operation, id) ->
            operation.equals("dumped")
                ? Optional.of(new EngineFailure.ProcessGone(id))
                : Optional.empty();
    assertThat(agent.ask(Orders.dump("i", NEXT)).hasFailure()).isTrue();
    agent.engine.before = (operation, id) -> Optional.empty();

    assertDone(agent.ask(Orders.dump("i", AGAIN)));

    assertThat(agent.engine.told.inherits).containsExactly(false, true, false);
  }

  private static void assertDone(AgentResult result) {
    assertThat(result.hasDone()).as(result.getFailure().toString()).isTrue();
  }
}
