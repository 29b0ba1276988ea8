package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Lets only so many write images at once. For tasks of the session's strand. */
final class DumpPermit {
  private DumpPermit() {}

  /** Does it when there is a place, unless it is not to be done any more by then. */
  static AgentResult run(Session session, Dumping.Order order, Supplier<AgentResult> work) {
    Parts parts = session.parts;
    try {
      if (!parts.dumps().tryAcquire(parts.settings().slow().toNanos(), TimeUnit.NANOSECONDS)) {
        return Results.failed(
            FailureCode.TIMED_OUT,
            String.format(
                "The dump of %s found no free place for %s.%nMaybe other dumps are slow; try again.",
                session.instance, parts.settings().slow()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Results.failed(FailureCode.TIMED_OUT, "The agent is shutting down.");
    }
    try {
      // Others' dumps may have taken long: a newer leader may be in.
      Optional<AgentResult> refusal = order.refusal().get();
      return refusal.isPresent() ? refusal.get() : work.get();
    } finally {
      parts.dumps().release();
    }
  }
}
