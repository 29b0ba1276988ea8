package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agent.InstanceRecord.Images;
import io.dormouse.checkpoint.agent.InstanceRecord.Lease;
import io.dormouse.checkpoint.agent.InstanceRecord.Life;
import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.agentapi.proto.EndReason;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.LeaseExpired;
import io.dormouse.checkpoint.engines.EngineFailure;
import io.dormouse.checkpoint.engines.Outcome;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Freeze, thaw, and the leases that end a freeze by themselves. For tasks of the session's strand.
 */
final class Freezing {
  private static final Logger LOG = LoggerFactory.getLogger(Freezing.class);

  /** How long to wait before something is tried again that can't be left as it is. */
  static final Duration RETRY = Duration.ofSeconds(1);

  /** The same for data that can't be brought back now: the store may be away for long. */
  static final Duration REFILL_RETRY = Duration.ofSeconds(10);

  private Freezing() {}

  static AgentResult freeze(Session session, Duration lease) {
    InstanceRecord record = session.living();
    if (record == null) {
      return Checks.unknown(session.instance);
    }
    if (record.isFrozen()) {
      renew(session, record, lease);
      return done(session);
    }
    Life life = record.life();
    if (record.state() != InstanceState.RUNNING || life == null) {
      return Checks.wrongState(record, "RUNNING or FROZEN");
    }
    session.intend(record.with(InstanceState.FROZEN, session.newLease(lease)));
    // Whatever goes wrong from here on, the freeze ends.
    watchLease(session);
    Outcome<?> frozen =
        session.parts.engine().freeze(life.capsule(), session.parts.settings().quick());
    if (frozen instanceof Outcome.Failed<?> failed) {
      runOn(session);
      return Results.failed(FailureCode.INTERNAL, failed.failure());
    }
    session.publish();
    return done(session);
  }

  static AgentResult thaw(Session session) {
    InstanceRecord record = session.living();
    if (record == null) {
      return Checks.unknown(session.instance);
    }
    if (record.state() == InstanceState.RUNNING) {
      return done(session);
    }
    if (!record.isFrozen()) {
      return Checks.wrongState(record, "FROZEN or RESTORED_FROZEN");
    }
    AgentResult holes = Refilling.refill(session);
    if (holes != null) {
      return holes;
    }
    Outcome<?> outcome = runOn(session);
    return outcome instanceof Outcome.Failed<?> failed
        ? Results.failed(FailureCode.INTERNAL, failed.failure())
        : done(session);
  }

  /** Extends the lease of a frozen instance; false if it is not frozen. */
  static boolean renew(Session session, Duration lease) {
    InstanceRecord record = session.living();
    if (record == null || !record.isFrozen()) {
      return false;
    }
    renew(session, record, lease);
    return true;
  }

  private static void renew(Session session, InstanceRecord record, Duration lease) {
    session.become(record.with(record.state(), session.newLease(lease)));
    watchLease(session);
  }

  /**
   * Lets a frozen instance run, once its data is back. From here on no image of this stop may be
   * woken, and the image that it was restored from is used up: that is on record before it runs.
   */
  static Outcome<?> runOn(Session session) {
    AgentResult holes = Refilling.refill(session);
    if (holes != null) {
      return stayFrozen(session, holes);
    }
    InstanceRecord record = session.living();
    Life life = record == null ? null : record.life();
    if (record == null || life == null) {
      return Outcome.failed(new EngineFailure.ProcessGone(session.instance));
    }
    boolean restored = record.state() == InstanceState.RESTORED_FROZEN && !record.isThawing();
    if (Ending.noticeLostPages(session) || (restored && Ending.noticeExit(session))) {
      return Outcome.failed(new EngineFailure.ProcessGone(session.instance));
    }
    Images runs = record.images().sourceWins().claimed(null, null);
    if (!runs.equals(record.images())) {
      session.intendDurably(record.with(runs));
    }
    Outcome<?> thawed =
        session.parts.engine().thaw(life.capsule(), session.parts.settings().quick());
    if (thawed instanceof Outcome.Failed<?> failed) {
      LOG.error("instance={} can't be thawed: {}", session.instance, failed.failure().message());
      if (!Ending.noticeExit(session)) {
        tryAgain(session);
      }
    } else {
      InstanceRecord thawnRecord = session.living();
      if (thawnRecord != null) {
        session.become(thawnRecord.with(InstanceState.RUNNING, null));
      }
    }
    Ending.deleteStaleImages(session);
    return thawed;
  }

  private static Outcome<?> stayFrozen(Session session, AgentResult holes) {
    if (session.living() != null && session.leaseLeft().isZero()) {
      session.shortenLease(REFILL_RETRY);
      watchLease(session);
    }
    return Outcome.failed(
        new EngineFailure.Io(
            "bring back the data of " + session.instance, holes.getFailure().getMessage()));
  }

  /** Looks at the lease again when it should be over. */
  static void watchLease(Session session) {
    long watch = session.newLeaseWatch();
    session
        .parts
        .clock()
        .timers()
        .schedule(session.leaseLeft(), () -> session.execute(() -> checkLease(session, watch)));
  }

  private static void checkLease(Session session, long watch) {
    InstanceRecord record = session.living();
    if (record == null || record.lease() == null || !session.isLatestLeaseWatch(watch)) {
      return;
    }
    if (!session.leaseLeft().isZero()) {
      watchLease(session);
      return;
    }
    try {
      endLease(session, record, record.lease());
    } catch (UncheckedIOException e) {
      LOG.error("instance={}: its freeze can't be ended yet", session.instance, e);
      tryAgain(session);
    }
  }

  private static void tryAgain(Session session) {
    session.shortenLease(RETRY);
    watchLease(session);
  }

  private static void endLease(Session session, InstanceRecord record, Lease lease) {
    LOG.warn(
        "instance={} state={}: the lease of {} ms ended without a word from a leader.",
        session.instance,
        record.state(),
        lease.millis());
    if (record.state() == InstanceState.RESTORED_FROZEN && !record.isThawing()) {
      Ending.terminate(
          session, EndReason.LOST, "It was restored but its leader never said it may run.");
    } else {
      runOn(session);
    }
    InstanceRecord left = session.living();
    if (left != null && left.isFrozen()) {
      return;
    }
    session
        .parts
        .events()
        .accept(
            AgentEvent.newBuilder()
                .setLeaseExpired(LeaseExpired.newBuilder().setStatus(session.refresh()))
                .build());
  }

  private static AgentResult done(Session session) {
    return Results.done(Done.newBuilder().setStatus(session.refresh()));
  }
}
