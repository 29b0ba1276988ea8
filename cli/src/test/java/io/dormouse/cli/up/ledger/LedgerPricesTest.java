package io.dormouse.cli.up.ledger;

import static io.dormouse.engine.model.HibernationLevel.AWAKE;
import static io.dormouse.engine.model.HibernationLevel.L1_RETAINED;
import static io.dormouse.engine.model.HibernationLevel.L2_DATA_SNAPSHOT;
import static io.dormouse.engine.model.HibernationLevel.L3_FULL_SNAPSHOT;
import static io.dormouse.engine.model.HibernationLevel.L4_KERNEL_SNAPSHOT;
import static io.dormouse.engine.model.HibernationLevel.TERMINATED;
import static io.dormouse.engine.model.InstancePhase.ENDED;
import static io.dormouse.engine.model.InstancePhase.HIBERNATED;
import static io.dormouse.engine.model.InstancePhase.HIBERNATING;
import static io.dormouse.engine.model.InstancePhase.IDLE;
import static io.dormouse.engine.model.InstancePhase.STARTING;
import static io.dormouse.engine.model.InstancePhase.WAKING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableMap;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.pricing.Dial;
import io.dormouse.engine.pricing.LevelModel;
import io.dormouse.engine.pricing.LinearSeconds;
import io.dormouse.engine.pricing.PricedModel;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a run is said to have cost. */
class LedgerPricesTest extends LedgerCase {
  @Test
  void pricesHoldingInTraceTimeAndTransitionsInWallTime() {
    accept(instance(0, STARTING, AWAKE, 1));
    accept(instance(4, IDLE, AWAKE, 1));
    accept(instance(14, HIBERNATED, L1_RETAINED, 1));
    accept(instance(20, HIBERNATING, L1_RETAINED, 1));
    accept(instance(22, HIBERNATED, L3_FULL_SNAPSHOT, 0));
    accept(instance(52, WAKING, L3_FULL_SNAPSHOT, 1));
    accept(instance(53, IDLE, AWAKE, 1));
    accept(instance(63, ENDED, TERMINATED, 0));

    RunReport report = report(200);

    // 1 GiB at 1 USD per GiB and second: 10 + 6 + 10 s at rest, times 60
    assertThat(report.costs().memory()).isEqualTo(26 * 60.0, EXACT);
    // 1 GiB at 0.01 USD per GiB and second for 30 s, times 60
    assertThat(report.costs().storage()).isEqualTo(0.01 * 30 * 60, EXACT);
    // 4 + 2 + 1 s of a core at 2 USD and 1 GiB at 1 USD
    assertThat(report.costs().transitions()).isEqualTo(7 * 3.0, EXACT);
    assertThat(report.costs().waits()).isZero();
    assertThat(report.valueOrZero("memory_gib_seconds")).isEqualTo(4 + 10 + 6 + 2 + 1 + 10, EXACT);
    assertThat(report.valueOrZero("storage_gib_seconds")).isEqualTo(30, EXACT);
    assertThat(report.valueOrZero("cost")).isEqualTo(1560 + 18 + 21, within(1e-9));
  }

  @Test
  void thePinnedModelHasTheFiguresOfItsFile() {
    RunLedger pinned =
        new RunLedger("engine", PricedModel.reference(), Dial.BALANCED, BEGIN, WINDOW);
    pinned.accept(instance(0, STARTING, AWAKE, 2));
    pinned.accept(instance(10, HIBERNATED, L1_RETAINED, 2));
    pinned.accept(instance(20, HIBERNATED, L2_DATA_SNAPSHOT, 1));
    pinned.accept(instance(30, HIBERNATED, L3_FULL_SNAPSHOT, 0));
    pinned.accept(instance(40, HIBERNATED, L4_KERNEL_SNAPSHOT, 0));
    pinned.accept(instance(50, ENDED, TERMINATED, 0));

    Costs costs = pinned.report(at(200)).costs();

    assertThat(costs.transitions()).isEqualTo(10 * (0.04 + 2 * 0.005) / 3600, EXACT);
    assertThat(costs.memory()).isEqualTo(60 * (10 * 2 + 10 * 1) * 0.005 / 3600, EXACT);
    double object = 10 * 2 * (0.4 + 1 + 1) * 0.0001;
    double nvme = 10 * 2 * 0.00025;
    assertThat(costs.storage()).isEqualTo(60 * (object + nvme) / 3600, EXACT);
  }

  @Test
  void pricesWithTheModelItIsGiven() {
    PricedModel pinned = PricedModel.reference();
    Map<HibernationLevel, LevelModel> levels = new EnumMap<>(pinned.levels());
    levels.put(L3_FULL_SNAPSHOT, new LevelModel(LinearSeconds.ZERO, LinearSeconds.ZERO, 0, 0.5, 0));
    PricedModel halved =
        new PricedModel(
            PRICES, pinned.dials(), ImmutableMap.copyOf(levels), 3.6, 60, Duration.ofMinutes(10));
    RunLedger own = new RunLedger("engine", halved, Dial.BALANCED, BEGIN, WINDOW);
    own.accept(instance(0, IDLE, AWAKE, 1));
    own.accept(instance(0, HIBERNATED, L3_FULL_SNAPSHOT, 0));
    own.accept(instance(50, ENDED, TERMINATED, 0));

    // half of 1 GiB at 0.01 USD per GiB and second for 50 s, times 60
    assertThat(own.report(at(100)).costs().storage()).isEqualTo(0.5 * 0.01 * 50 * 60, EXACT);
    assertThat(own.report(at(100)).valueOrZero("storage_gib_seconds")).isEqualTo(25, EXACT);
  }

  @Test
  void whatWaitsForAPlaceCostsNothingYet() {
    accept(instance(0, STARTING, AWAKE, 0));
    accept(instance(10, STARTING, AWAKE, 1));
    accept(instance(12, ENDED, TERMINATED, 0));

    assertThat(report(100).costs().total()).isEqualTo(2 * 3.0, EXACT);
  }
}
