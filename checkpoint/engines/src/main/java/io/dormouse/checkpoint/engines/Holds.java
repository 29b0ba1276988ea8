package io.dormouse.checkpoint.engines;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The dumps that an engine holds, by what was dumped. */
final class Holds<T> {
  private final ConcurrentMap<T, HeldDump> dumps = new ConcurrentHashMap<>();

  void put(T target, HeldDump dump) {
    dumps.put(target, dump);
  }

  boolean has(T target) {
    HeldDump dump = dumps.get(target);
    return dump != null && dump.isHeld();
  }

  /** Lets it go on as if nothing had been; fine if it is not held. */
  Outcome<Done> undo(T target, Duration timeout) {
    HeldDump dump = dumps.remove(target);
    return dump == null
        ? Outcome.ok(new Done(Duration.ZERO))
        : dump.undo(timeout).then(result -> Outcome.ok(new Done(result.took())));
  }

  /** Ends it without a word to those it is connected to; who is not ended so is there still. */
  void end(T target, Duration timeout) {
    HeldDump dump = dumps.remove(target);
    if (dump != null
        && dump.complete(timeout) instanceof Outcome.Failed<ToolRunner.Result> failed) {
      EngineErrors.warn("A dumped process is ended by force", failed.failure());
    }
  }
}
