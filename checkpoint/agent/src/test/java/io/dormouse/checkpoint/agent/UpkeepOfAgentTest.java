package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.SteppedAgent.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.InstanceStatus;
import io.dormouse.checkpoint.agentapi.proto.Measure;
import io.dormouse.checkpoint.agentapi.proto.MissingCause;
import io.dormouse.checkpoint.agentapi.proto.Telemetry;
import io.dormouse.checkpoint.images.Stored;
import io.dormouse.checkpoint.images.upkeep.OwnerUsage;
import io.dormouse.checkpoint.images.upkeep.Quotas;
import io.dormouse.checkpoint.images.upkeep.Retention;
import io.dormouse.checkpoint.images.upkeep.StoreRules;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Telemetry, and what owners may store. */
class UpkeepOfAgentTest {
  private static final UUID IMAGE = new UUID(1, 1);

  @TempDir private Path folder;

  @Test
  void whoIsAtHisQuotaRunsOnUntouched() {
    Quotas oneByte = new Quotas(OptionalLong.empty(), Map.of(ALICE.uid(), 1L));
    SteppedAgent agent =
        new SteppedAgent(
            folder,
            1,
            new SteppedAgent.Home("n1", "state", "store"),
            new StoreRules(oneByte, Retention.FOREVER));
    agent.run(ALICE, "i", "c1");

    AgentResult result = agent.ask(Orders.dump("i", IMAGE));

    assertThat(result.getFailure().getCode()).isEqualTo(FailureCode.QUOTA_EXCEEDED);
    assertThat(result.getFailure().getMessage()).contains("uid 1001").contains("Maybe ");
    assertThat(agent.state("i")).isEqualTo(InstanceState.RUNNING);
    assertThat(agent.engine.running("i")).isOne();
  }

  @Test
  void whatOwnersStoreIsNotedWhenTheStoreIsCollected() {
    SteppedAgent agent = new SteppedAgent(folder, 1);
    agent.run(ALICE, "i", "c1");
    assertThat(agent.ask(Orders.dump("i", IMAGE)).hasDone()).isTrue();

    agent.housekeeping.collect();

    Stored<List<OwnerUsage>> usage =
        agent.store.upkeep().usage(Instant.EPOCH, Instant.EPOCH.plusSeconds(3600));
    OwnerUsage alice = ((Stored.Ok<List<OwnerUsage>>) usage).value().get(0);
    assertThat(alice.ownerUid()).isEqualTo(ALICE.uid());
    assertThat(alice.byteHours()).isEqualTo(alice.storedBytes()).isPositive();
  }

  @Test
  void telemetryTellsOfTheNodeAndOfEachInstance() {
    SteppedAgent agent = new SteppedAgent(folder, 1);
    agent.run(ALICE, "i", "c1");
    agent.events.clear();

    agent.housekeeping.measure();

    Telemetry telemetry =
        agent.events.stream()
            .filter(AgentEvent::hasTelemetry)
            .map(AgentEvent::getTelemetry)
            .findFirst()
            .orElseThrow();
    assertThat(telemetry.getNode().getCores()).isPositive();
    assertThat(telemetry.getNode().getMemoryBytes()).isPositive();
    InstanceStatus status = telemetry.getInstances(0);
    assertThat(status.getResidentBytes()).isEqualTo(1_000);
    assertThat(status.getCpuMicros()).isEqualTo(5_000);
    assertThat(status.getUsage().hasDisk()).isFalse();
    assertThat(status.getUsage().getMissingList())
        .anySatisfy(
            missing -> {
              assertThat(missing.getMeasure()).isEqualTo(Measure.NETWORK);
              assertThat(missing.getCause()).isEqualTo(MissingCause.SHARED);
            });
  }

  @Test
  void theNextLifeDoesNotInheritTheFiguresOfTheLast() {
    SteppedAgent agent = new SteppedAgent(folder, 1);
    agent.run(ALICE, "i", "c1");
    agent.housekeeping.measure();
    assertThat(agent.ask(Orders.dump("i", IMAGE)).hasDone()).isTrue();
    assertThat(agent.ask(Orders.release("i", IMAGE)).hasDone()).isTrue();
    agent.attach(ALICE, "i", "c2", false);

    AgentResult woken = agent.ask(Orders.restore("i", IMAGE, new UUID(2, 2)));

    assertThat(woken.getDone().getStatus().hasUsage()).isFalse();
    assertThat(woken.getDone().getStatus().getCpuMicros()).isZero();
  }
}
