package io.dormouse.controller.machine;

import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.spi.Epoch;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Hands decisions to the history: all that were carried out; of those that were not, and that the
 * engine repeats every beat, one a minute per instance and reason.
 */
final class DecisionLog {
  private static final Duration REPEAT_AFTER = Duration.ofMinutes(1);
  private static final int REMEMBERED = 10_000;

  private final History history;
  private final Map<Entry, Instant> lastTold = new LinkedHashMap<>();

  DecisionLog(History history) {
    this.history = history;
  }

  /**
   * Snapshot versions begin anew with each process; leaderships don't, but where the ensemble was
   * rebuilt, which the incarnation counts.
   */
  static DecisionRecord unique(DecisionRecord decision, Epoch epoch) {
    return new DecisionRecord(
        "%s-%d-%d".formatted(decision.id(), epoch.incarnation(), epoch.czxid()),
        decision.at(),
        decision.snapshotVersion(),
        decision.configVersion(),
        decision.modelVersion(),
        decision.action(),
        decision.reason(),
        decision.terms(),
        decision.rejected());
  }

  private record Entry(Action action, Disposition disposition) {}

  void decided(DecisionRecord decision, Disposition disposition, Instant now) {
    if (disposition instanceof Disposition.CarriedOut) {
      history.decided(decision, disposition);
      return;
    }
    Entry entry = new Entry(decision.action(), disposition);
    Instant told = lastTold.get(entry);
    if (told != null && told.plus(REPEAT_AFTER).isAfter(now)) {
      return;
    }
    lastTold.remove(entry);
    lastTold.put(entry, now);
    if (lastTold.size() > REMEMBERED) {
      lastTold.remove(lastTold.keySet().iterator().next());
    }
    history.decided(decision, disposition);
  }
}
