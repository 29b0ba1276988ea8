package io.dormouse.cli.up.run;

import io.dormouse.cli.up.ledger.InstanceCensus;
import io.dormouse.cli.up.ledger.RunLedger;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstancePhase;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** A run in one line, while it runs. */
record LiveView(String name, RunLedger ledger, Instant begin, Duration window) {
  String line(Instant now) {
    Duration since = Duration.between(begin, now);
    InstanceCensus census = ledger.census();
    long seconds = Math.max(0, Math.min(since.toSeconds(), window.toSeconds()));
    return String.format(
        Locale.ROOT,
        "%-8s %3d/%d s  awake %d  L1 %d  L3 %d  starting %d  waking %d  queue %d  held %.1f GiB  cost %.5f USD",
        name,
        seconds,
        window.toSeconds(),
        census.in(InstancePhase.IDLE) + census.in(InstancePhase.BUSY),
        census.at(HibernationLevel.L1_RETAINED),
        census.at(HibernationLevel.L3_FULL_SNAPSHOT),
        census.in(InstancePhase.STARTING),
        census.in(InstancePhase.WAKING),
        ledger.waitingTasks(),
        census.heldBytes() / (double) (1L << 30),
        ledger.report(now).costs().total());
  }
}
