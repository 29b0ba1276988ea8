package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agent.InstanceRecord.Evicted;
import io.dormouse.checkpoint.agent.InstanceRecord.Life;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.EndReason;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.engines.InstanceState;
import io.dormouse.checkpoint.engines.InstanceState.Status;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.images.Fetched;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.StagedImage;
import io.dormouse.checkpoint.images.Stored;
import io.dormouse.checkpoint.images.VerifyResult;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings evicted data back before anything runs. For tasks of the session's strand. */
final class Refilling {
  private static final Logger LOG = LoggerFactory.getLogger(Refilling.class);

  private Refilling() {}

  /**
   * Brings back what is not on disk for sure; nothing to do without an eviction.
   *
   * @return why it is not back, and the instance must stay frozen; null once it is
   */
  static @Nullable AgentResult refill(Session session) {
    InstanceRecord record = session.living();
    Evicted evicted = record == null ? null : record.images().evicted();
    Life life = record == null ? null : record.life();
    if (evicted == null || life == null) {
      return null;
    }
    AgentResult refusal = requireFrozen(session, life);
    if (refusal == null) {
      refusal = refill(session, life, new ImageId(session.instance, evicted.image()));
    }
    if (refusal != null) {
      LOG.error(
          "instance={} image={}: its data is not back: {}",
          session.instance,
          evicted.image(),
          refusal.getFailure().getMessage());
      return refusal;
    }
    InstanceRecord whole = session.living();
    if (whole != null) {
      session.intend(whole.with(whole.images().withoutEvicted()));
    }
    return null;
  }

  /** What ran with holes in its data may have spread them: it does not go on. */
  static void endForHoles(Session session) {
    Ending.terminate(
        session, EndReason.LOST, "Somebody let it go while its data was not on this node.");
  }

  private static @Nullable AgentResult requireFrozen(Session session, Life life) {
    Outcome<Optional<InstanceState>> seen = session.parts.engine().inspect(life.capsule());
    session.lookedAt(seen);
    if (seen instanceof Outcome.Failed<Optional<InstanceState>> failed) {
      return Results.failed(FailureCode.INTERNAL, failed.failure());
    }
    Status status =
        ((Outcome.Ok<Optional<InstanceState>>) seen)
            .value()
            .map(InstanceState::status)
            .orElse(Status.EXITED);
    if (status == Status.FROZEN) {
      return null;
    }
    if (status == Status.RUNNING) {
      endForHoles(session);
    } else {
      Ending.noticeExit(session);
    }
    return Checks.unknown(session.instance);
  }

  private static @Nullable AgentResult refill(Session session, Life life, ImageId id) {
    long start = System.nanoTime();
    Fetched fetched = session.parts.store().fetch(id);
    if (!(fetched.result() instanceof VerifyResult.Verified)) {
      return Results.failed(fetched.result());
    }
    try {
      Path files = fetched.copy().directory();
      Outcome<Long> refilled =
          session
              .parts
              .engine()
              .data(life.capsule())
              .then(data -> session.parts.eviction().refill(data, files));
      if (refilled instanceof Outcome.Failed<Long> failed) {
        return Results.failed(FailureCode.INTERNAL, failed.failure());
      }
      LOG.info(
          "instance={} image={}: {} bytes of data brought back in {} ms",
          session.instance,
          id.generation(),
          ((Outcome.Ok<Long>) refilled).value(),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
      return null;
    } finally {
      discard(session, fetched.copy());
    }
  }

  /** What can't be removed now is swept when it is old. */
  private static void discard(Session session, StagedImage copy) {
    if (session.parts.store().discard(copy) instanceof Stored.Failed<StagedImage> failed) {
      LOG.warn("instance={}: {}", session.instance, failed.failure().message());
    }
  }
}
