package io.dormouse.cli.up.ledger;

import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableMap;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.MoneyRate;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.pricing.Dial;
import io.dormouse.engine.pricing.DialSetting;
import io.dormouse.engine.pricing.PricedModel;
import io.dormouse.engine.pricing.Prices;
import io.dormouse.engine.spi.WorkloadEvent;
import io.dormouse.engine.spi.WorkloadEvent.InstanceChanged;
import io.dormouse.engine.spi.WorkloadEvent.TaskArrived;
import io.dormouse.engine.spi.WorkloadEvent.TaskDone;
import io.dormouse.engine.spi.WorkloadEvent.TaskStarted;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.assertj.core.data.Offset;

/** A ledger of a run of 100 seconds, with round prices. */
abstract class LedgerCase {
  static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  static final InstanceId INSTANCE = new InstanceId("i-1");
  static final WorkloadClassId CLASS = new WorkloadClassId("c");
  static final Offset<Double> EXACT = within(1e-12);

  /** Round prices, so that each term can be told by its digits. */
  static final Prices PRICES = new Prices(3600, 7200, 360, 36);

  static final Duration WINDOW = Duration.ofSeconds(100);

  final RunLedger ledger = new RunLedger("engine", model(3_600_000), Dial.QUICK, BEGIN, WINDOW);

  static PricedModel model(double waitingUsdPerHour) {
    PricedModel pinned = PricedModel.reference();
    Map<Dial, DialSetting> dials = new EnumMap<>(pinned.dials());
    dials.put(Dial.QUICK, new DialSetting(1, new MoneyRate(waitingUsdPerHour)));
    return new PricedModel(
        PRICES, ImmutableMap.copyOf(dials), pinned.levels(), 3.6, 60, Duration.ofMinutes(10));
  }

  RunReport report(double second) {
    return ledger.report(at(second));
  }

  void ran(String task, double arrived, double started, double done) {
    TaskId id = new TaskId(task);
    accept(new TaskArrived(at(arrived), id, CLASS));
    accept(new TaskStarted(at(started), id, INSTANCE));
    accept(new TaskDone(at(done), id, INSTANCE, false));
  }

  void accept(WorkloadEvent event) {
    ledger.accept(event);
  }

  static InstanceChanged instance(
      double second, InstancePhase phase, HibernationLevel level, int gib) {
    return new InstanceChanged(at(second), INSTANCE, CLASS, phase, level, (long) gib << 30, "test");
  }

  static Instant at(double second) {
    return BEGIN.plusNanos(Math.round(second * 1e9));
  }
}
