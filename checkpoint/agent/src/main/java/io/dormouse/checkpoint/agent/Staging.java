package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.images.ExpectedImage;
import io.dormouse.checkpoint.images.StagedImage;
import io.dormouse.checkpoint.images.Stored;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** Gives an image that is to be made a place in the store. For tasks of the session's strand. */
final class Staging {
  private Staging() {}

  /** What is made in the place: it discards what it can't make an image of. */
  interface Work {
    AgentResult with(InstanceRecord record, StagedImage stage);
  }

  /**
   * Does the work once the instance has all its data and the image a place, when it is its turn:
   * only so many write images at once.
   */
  static AgentResult run(
      Session session,
      Dumping.Order order,
      Function<InstanceRecord, ExpectedImage> expected,
      Work work) {
    return inTurn(session, order, () -> stage(session, order, expected, work));
  }

  private static AgentResult inTurn(
      Session session, Dumping.Order order, Supplier<AgentResult> work) {
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

  private static AgentResult stage(
      Session session,
      Dumping.Order order,
      Function<InstanceRecord, ExpectedImage> expected,
      Work work) {
    AgentResult holes = Refilling.refill(session);
    if (holes != null) {
      return holes;
    }
    Ending.deleteStaleImages(session);
    InstanceRecord record = session.living();
    if (record == null) {
      return Checks.unknown(session.instance);
    }
    if (record.images().stale().contains(order.generation())) {
      return Checks.staleImage(session.instance, order.generation());
    }
    Stored<StagedImage> staged = session.parts.store().stage(expected.apply(record));
    return staged instanceof Stored.Failed<StagedImage> failed
        ? Results.failed(failed.failure())
        : guarded(session, work, record, ((Stored.Ok<StagedImage>) staged).value());
  }

  private static AgentResult guarded(
      Session session, Work work, InstanceRecord record, StagedImage stage) {
    try {
      return work.with(record, stage);
    } catch (RuntimeException e) {
      session.parts.store().discard(stage);
      throw e;
    }
  }
}
