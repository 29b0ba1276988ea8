package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.agent.InstanceRecord.End;
import io.dormouse.checkpoint.agent.InstanceRecord.Images;
import io.dormouse.checkpoint.agent.InstanceRecord.Life;
import io.dormouse.checkpoint.agent.InstanceRecord.Origin;
import io.dormouse.checkpoint.agentapi.proto.EndReason;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.EngineFailure;
import io.dormouse.checkpoint.engines.InstanceState.Status;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.engines.Pages;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.StoreFailure;
import io.dormouse.checkpoint.images.Stored;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How instances end, and what is cleaned up after them. For tasks of the session's strand. */
final class Ending {
  private static final Logger LOG = LoggerFactory.getLogger(Ending.class);
  private static final int KILLED = 137;
  private static final Duration LAST_READ = Duration.ofSeconds(10);

  private Ending() {}

  /**
   * Ends a living instance, whatever its state: no process of it runs afterwards. A restored one
   * that was never thawed gives its image back.
   */
  static void end(Session session, InstanceState state, EndReason reason, int code, String detail) {
    InstanceRecord record = session.living();
    if (record == null) {
      return;
    }
    End end = new End(reason, code, detail, false, session.parts.clock().wall().millis());
    session.intend(record.with(record.images().withoutEvicted()).over(state, end));
    if (kill(session, record.life())) {
      giveImageBack(session);
    }
    session.publish();
    session.tell(Replies.ended(end));
    if (session.launcher() == null || record.life() == null) {
      session.disconnect();
      clean(session);
    } else {
      // The launcher may not have opened the standard streams yet, or still read from them.
      session
          .parts
          .clock()
          .timers()
          .schedule(LAST_READ, () -> session.execute(() -> cleanIfSame(session, end)));
    }
  }

  private static void cleanIfSame(Session session, End end) {
    InstanceRecord record = session.record();
    if (record != null && end.equals(record.end())) {
      session.disconnect();
      clean(session);
    }
  }

  private static boolean kill(Session session, @Nullable Life life) {
    if (life == null) {
      return true;
    }
    Outcome<?> outcome =
        session.parts.engine().kill(life.capsule(), session.parts.settings().quick());
    if (outcome instanceof Outcome.Failed<?> failed
        && !(failed.failure() instanceof EngineFailure.ProcessGone)) {
      LOG.error("capsule={} can't be killed yet: {}", life.capsule(), failed.failure().message());
      return false;
    }
    return true;
  }

  /** Whether nothing of an instance that is over can run any more; tries again to make it so. */
  static boolean isDead(Session session) {
    InstanceRecord record = session.record();
    if (record == null) {
      return true;
    }
    End end = record.end();
    return (end != null && end.cleaned()) || kill(session, record.life());
  }

  /** Ends an instance that a person, a leader or the loss of its launcher ends. */
  static void terminate(Session session, EndReason reason, String detail) {
    end(session, InstanceState.ENDED, reason, KILLED, detail);
  }

  /**
   * Ends an instance that has no launcher any more. Nobody asks for that again: what can't be
   * written down now is done as soon as it can be.
   */
  static void endWithoutLauncher(Session session, Origin origin, EndReason reason, String detail) {
    InstanceRecord record = session.living();
    if (record == null || !record.origin().equals(origin) || session.launcher() != null) {
      return;
    }
    try {
      terminate(session, reason, detail);
    } catch (UncheckedIOException e) {
      LOG.error("instance={}: it can't be ended yet", session.instance, e);
      session
          .parts
          .clock()
          .timers()
          .schedule(
              Freezing.RETRY,
              () -> session.execute(() -> endWithoutLauncher(session, origin, reason, detail)));
    }
  }

  /**
   * Ends one of whose pages the rest can't come any more; whether it did. What knows that may have
   * killed it already. As long as it was not let go, its image can be woken again.
   */
  static boolean noticeLostPages(Session session) {
    InstanceRecord record = session.living();
    Life life = record == null ? null : record.life();
    if (life == null
        || !(session.parts.engine().pages(life.capsule()) instanceof Outcome.Ok<Pages> told)) {
      return false;
    }
    session.pagesMayCome(told.value() == Pages.COMING);
    if (told.value() != Pages.LOST) {
      return false;
    }
    LOG.error("instance={}: pages of its memory are lost", session.instance);
    terminate(
        session,
        EndReason.LOST,
        "What brought the pages of its memory in died, and they could not be completed.");
    return true;
  }

  /**
   * Notices that the capsule's process ended by itself. Returns whether it did, for sure: what
   * can't be told is looked at again later.
   */
  static boolean noticeExit(Session session) {
    InstanceRecord record = session.living();
    Life life = record == null ? null : record.life();
    if (life == null) {
      return false;
    }
    Outcome<Optional<io.dormouse.checkpoint.engines.InstanceState>> seen =
        session.parts.engine().inspect(life.capsule());
    session.lookedAt(seen);
    if (!(seen
        instanceof Outcome.Ok<Optional<io.dormouse.checkpoint.engines.InstanceState>> told)) {
      return false;
    }
    Optional<io.dormouse.checkpoint.engines.InstanceState> found = told.value();
    if (found.isPresent() && found.get().status() != Status.EXITED) {
      return false;
    }
    if (noticeLostPages(session)) {
      return true;
    }
    if (found.isPresent() && found.get().exitStatus().isPresent()) {
      int code = found.get().exitStatus().getAsInt();
      end(session, InstanceState.ENDED, EndReason.EXITED, code, "It exited with " + code + ".");
    } else {
      String detail =
          found
              .flatMap(state -> state.loss())
              .map(EngineFailure::message)
              .orElse("Its process is gone and nobody saw its exit code.");
      end(session, InstanceState.ENDED, EndReason.LOST, KILLED, detail);
    }
    return true;
  }

  /**
   * Removes the capsule of an instance that is over and gives an unused image back; again until it
   * works.
   */
  static void clean(Session session) {
    InstanceRecord record = session.record();
    if (record == null || record.end() == null || record.end().cleaned()) {
      return;
    }
    Life life = record.life();
    if (life != null && !delete(session, life.capsule())) {
      return;
    }
    giveImageBack(session);
    InstanceRecord after = session.record();
    if (after != null && after.end() != null && after.images().restoring() == null) {
      End end = after.end();
      session.intend(
          after.over(
              after.state(),
              new End(end.reason(), end.exitCode(), end.detail(), true, end.atEpochMillis())));
    }
  }

  static boolean delete(Session session, String capsule) {
    Outcome<?> outcome = session.parts.engine().delete(capsule, session.parts.settings().quick());
    if (outcome instanceof Outcome.Failed<?> failed) {
      LOG.error("capsule={} can't be deleted yet: {}", capsule, failed.failure().message());
      return false;
    }
    return true;
  }

  /** Gives up the claim on an image that this life was restored from without having run. */
  static void giveImageBack(Session session) {
    InstanceRecord record = session.record();
    if (record == null) {
      return;
    }
    Images images = record.images();
    UUID claimed = images.claimed();
    UUID restoring = images.restoring();
    if (claimed == null || restoring == null) {
      return;
    }
    boolean cutShort = record.life() == null;
    if (cutShort && !delete(session, Recovery.capsule(session.instance, restoring))) {
      // Something of the new life may be left: nobody else may have the image yet.
      return;
    }
    Stored<?> released =
        session
            .parts
            .store()
            .release(new ImageId(session.instance, claimed), claimant(session, restoring));
    if (released instanceof Stored.Failed<?> failed
        && !(failed.failure() instanceof StoreFailure.Missing)
        && !(failed.failure() instanceof StoreFailure.Claimed)) {
      LOG.error("instance={} image={}: {}", session.instance, claimed, failed.failure().message());
      return;
    }
    session.intend(record.with(images.claimed(null, null)));
  }

  /** Deletes images that were overtaken by their source; again until it works. */
  static void deleteStaleImages(Session session) {
    InstanceRecord record = session.record();
    if (record == null) {
      return;
    }
    for (UUID stale : record.images().stale()) {
      ImageId id = new ImageId(session.instance, stale);
      Stored<ImageId> deleted = session.parts.store().delete(id);
      if (deleted instanceof Stored.Failed<ImageId> failed
          && !(failed.failure() instanceof StoreFailure.Missing)) {
        LOG.error("image={} can't be deleted yet: {}", id, failed.failure().message());
      } else {
        @Nullable InstanceRecord current = session.record();
        if (current != null) {
          session.intend(current.with(current.images().withoutStale(stale)));
        }
      }
    }
  }

  /** Under which name this node claims an image for one new life. */
  static String claimant(Session session, UUID newGeneration) {
    return session.parts.settings().node() + "/" + newGeneration;
  }
}
