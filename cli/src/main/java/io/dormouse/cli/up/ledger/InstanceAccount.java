package io.dormouse.cli.up.ledger;

import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.pricing.LevelModel;
import io.dormouse.engine.pricing.PricedModel;
import io.dormouse.engine.spi.WorkloadEvent.InstanceChanged;
import java.time.Duration;
import java.time.Instant;

/** What one instance holds, from change to change. Not thread-safe. */
final class InstanceAccount {
  private static final double GIB = 1 << 30;
  private static final double SECONDS_PER_HOUR = 3600;

  private final PricedModel model;
  private final Instant begin;
  private final Instant end;
  private InstanceChanged last;
  private long sizeBytes;
  private double memoryGibSeconds;
  private double storageGibSeconds;
  private double memoryUsd;
  private double storageUsd;
  private double transitionsUsd;

  InstanceAccount(PricedModel model, Instant begin, Instant end, InstanceChanged first) {
    this.model = model;
    this.begin = begin;
    this.end = end;
    this.last = first;
    this.sizeBytes = first.allocatedBytes();
  }

  /** Charges what was held until now, and goes on with the new state. */
  void change(InstanceChanged next) {
    settle(next.at());
    last = next;
    sizeBytes = Math.max(sizeBytes, next.allocatedBytes());
  }

  /** This, with all charged until {@code until}; this stays as it is. */
  InstanceAccount settledCopy(Instant until) {
    InstanceAccount copy = new InstanceAccount(model, begin, end, last);
    copy.sizeBytes = sizeBytes;
    copy.memoryGibSeconds = memoryGibSeconds;
    copy.storageGibSeconds = storageGibSeconds;
    copy.memoryUsd = memoryUsd;
    copy.storageUsd = storageUsd;
    copy.transitionsUsd = transitionsUsd;
    copy.settle(until);
    return copy;
  }

  /** Charges what was held until {@code until}; only what lies inside the window. */
  private void settle(Instant until) {
    Instant from = last.at().isBefore(begin) ? begin : last.at();
    Instant to = until.isAfter(end) ? end : until;
    if (!isGone() && from.isBefore(to)) {
      charge(Duration.between(from, to).toNanos() / 1e9);
    }
  }

  private void charge(double wallSeconds) {
    double heldGib = last.allocatedBytes() / GIB;
    double ramUsd = model.memory(heldGib).usdPerHour() * wallSeconds / SECONDS_PER_HOUR;
    memoryGibSeconds += heldGib * wallSeconds;
    switch (last.phase()) {
      case STARTING, HIBERNATING, WAKING -> transitionsUsd += ramUsd + coreUsd(wallSeconds);
      case BUSY, IDLE -> memoryUsd += ramUsd * model.upTimeScale();
      case HIBERNATED -> {
        memoryUsd += ramUsd * model.upTimeScale();
        chargeImage(wallSeconds);
      }
      case ENDED -> throw new IllegalStateException("What is gone holds nothing.");
    }
  }

  /** Whoever still waits for a place uses no core. */
  private double coreUsd(double wallSeconds) {
    return last.allocatedBytes() == 0
        ? 0
        : model.prices().coreUsdPerHour() * wallSeconds / SECONDS_PER_HOUR;
  }

  private void chargeImage(double wallSeconds) {
    double sizeGib = sizeBytes / GIB;
    LevelModel level = model.levels().get(last.level());
    if (level == null) {
      return;
    }
    double storedGib = level.objectShare() * sizeGib;
    double usdPerHour =
        model.prices().objectUsdPerGibHour() * storedGib
            + model.prices().nvmeUsdPerGibHour() * level.nvmeShare() * sizeGib;
    storageGibSeconds += storedGib * wallSeconds;
    storageUsd += usdPerHour * wallSeconds * model.upTimeScale() / SECONDS_PER_HOUR;
  }

  InstanceChanged last() {
    return last;
  }

  boolean isGone() {
    return last.phase() == InstancePhase.ENDED;
  }

  double memoryGibSeconds() {
    return memoryGibSeconds;
  }

  double storageGibSeconds() {
    return storageGibSeconds;
  }

  /** Without waits, which are the tasks'. */
  Costs costs() {
    return new Costs(memoryUsd, storageUsd, transitionsUsd, 0);
  }
}
