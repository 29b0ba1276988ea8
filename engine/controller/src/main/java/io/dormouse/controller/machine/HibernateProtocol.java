package io.dormouse.controller.machine;

import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.controller.machine.Outcome.Done;
import io.dormouse.controller.machine.Outcome.Failed;
import io.dormouse.controller.machine.Outcome.Refused;
import io.dormouse.controller.machine.Transition.Finish;
import io.dormouse.engine.model.HibernationLevel;
import java.time.Instant;
import java.util.Optional;

/**
 * Taking an instance down: what follows each outcome. Pure.
 *
 * <pre>
 * QUIESCE ─▶ FREEZE ─▶ done (L1)
 *        └─▶ EVICT ─▶ done (L2)
 *        └─▶ DUMP ─▶ RELEASE_SOURCE ─▶ RELEASE_ALLOCATION ─▶ done (L3)      COMMITTED = RELEASE_SOURCE is durable
 *        └─▶ DUMP ─▶ CACHE ─▶ RELEASE_SOURCE ─▶ RELEASE_ALLOCATION ─▶ done (L4; L3 if CACHE failed)
 *        └─▶ END_INSTANCE ─▶ done (terminated)
 * from L4: UNCACHE ─▶ done (L3)
 * failures: UNDO_THAW ─▶ UNDO_RESUME ─▶ undone
 * taken over at FREEZE, EVICT, DUMP or CACHE: QUIESCE is asked anew; the same step follows, or UNDO_THAW
 * data that can't be brought back: UNDO_THAW ─▶ END_INSTANCE ─▶ lost
 * </pre>
 *
 * A source whose lease ran out between its dump and its release has made progress that the image
 * lacks. Its agent refuses the release, and the image is discarded instead: nobody can have woken
 * it, since the action still holds the instance.
 */
final class HibernateProtocol {
  private HibernateProtocol() {}

  /** The first step towards {@code to}. */
  static Step firstStep(HibernationLevel from, HibernationLevel to) {
    boolean uncaches =
        from == HibernationLevel.L4_KERNEL_SNAPSHOT && to == HibernationLevel.L3_FULL_SNAPSHOT;
    if (uncaches) {
      return Step.UNCACHE;
    }
    return from == HibernationLevel.AWAKE ? Step.QUIESCE : goal(to);
  }

  private static Step goal(HibernationLevel to) {
    return switch (to) {
      case L1_RETAINED -> Step.FREEZE;
      case L2_DATA_SNAPSHOT -> Step.EVICT;
      case L3_FULL_SNAPSHOT, L4_KERNEL_SNAPSHOT -> Step.DUMP;
      case TERMINATED -> Step.END_INSTANCE;
      case AWAKE ->
          throw new IllegalArgumentException(
              "The level (%s) is no level to hibernate to.%nMaybe a wake was meant.".formatted(to));
    };
  }

  static Transition after(Intent intent, InstanceRecord record, Outcome outcome, Instant now) {
    return switch (intent.step()) {
      case QUIESCE -> afterQuiesce(intent, record, outcome, now);
      case FREEZE -> afterFreeze(intent, record, outcome, now);
      case EVICT -> afterEvict(intent, record, outcome, now);
      case DUMP -> afterDump(intent, record, outcome, now);
      case CACHE -> afterCache(intent, record, outcome, now);
      case UNCACHE -> afterUncache(intent, record, outcome, now);
      case RELEASE_SOURCE -> afterReleaseSource(intent, record, outcome, now);
      case RELEASE_ALLOCATION -> Transition.done(rested(intent, record, now));
      case END_INSTANCE -> afterEnd(intent, record, now);
      case UNDO_THAW -> afterUndoThaw(intent, record, outcome, now);
      case UNDO_RESUME ->
          Transition.undone(
              intent.problem(),
              record
                  .running(intent.life(), intent.node(), intent.problem(), now)
                  .discarding(record.image()));
      default -> throw new IllegalStateException("No such step: " + intent);
    };
  }

  private static Transition afterQuiesce(
      Intent intent, InstanceRecord record, Outcome outcome, Instant now) {
    if (outcome instanceof Refused refused) {
      String why = "not quiesced: " + refused.reason();
      if (intent.mayStandStill()) {
        return Transition.next(
            intent.undoing(Step.UNDO_THAW, why), record.discarding(intent.image(), intent.node()));
      }
      return Transition.undone(why, record.running(intent.life(), intent.node(), why, now));
    }
    if (outcome instanceof Done done && done.late()) {
      String why = "quiescing took too long";
      return intent.mayStandStill()
          ? Transition.next(
              intent.undoing(Step.UNDO_THAW, why), record.discarding(intent.image(), intent.node()))
          : Transition.next(intent.undoing(Step.UNDO_RESUME, why));
    }
    Intent next = intent.at(goal(intent.to()));
    return next.step() == Step.END_INSTANCE
        ? Transition.next(next, record.ended("terminated to save its cost", now))
        : Transition.next(next);
  }

  private static Transition afterFreeze(
      Intent intent, InstanceRecord record, Outcome outcome, Instant now) {
    if (outcome instanceof Done done) {
      return done.late()
          ? Transition.next(intent.undoing(Step.UNDO_THAW, "freezing took too long"))
          : Transition.done(record.frozen(intent.nodeOrFail(), intent.life(), now));
    }
    return Transition.next(intent.undoing(Step.UNDO_THAW, describe("freeze", outcome)));
  }

  /** What has nothing to evict, or not here, is as good as it was. */
  private static Transition afterEvict(
      Intent intent, InstanceRecord record, Outcome outcome, Instant now) {
    if (outcome instanceof Done) {
      return Transition.done(
          record.evicted(intent.nodeOrFail(), intent.life(), intent.image(), now));
    }
    String why = describe("eviction", outcome);
    boolean frozenAsBefore =
        intent.from() == HibernationLevel.L1_RETAINED
            && outcome instanceof Failed failed
            && failed.code() == FailureCode.NOTHING_TO_EVICT;
    return frozenAsBefore
        ? Transition.undone(why, record)
        : Transition.next(
            intent.undoing(Step.UNDO_THAW, why), record.discarding(intent.image(), intent.node()));
  }

  private static Transition afterEnd(Intent intent, InstanceRecord record, Instant now) {
    return intent.problem().isEmpty()
        ? Transition.done(record.ended("terminated to save its cost", now))
        : new Finish(
            Result.LOST, intent.problem(), Optional.of(record.ended(intent.problem(), now)));
  }

  private static Transition afterDump(
      Intent intent, InstanceRecord record, Outcome outcome, Instant now) {
    if (outcome instanceof Done) {
      return intent.to() == HibernationLevel.L4_KERNEL_SNAPSHOT
          ? Transition.next(intent.at(Step.CACHE))
          : Transition.next(
              intent.at(Step.RELEASE_SOURCE),
              record
                  .discarding(record.image())
                  .imaged(intent.image(), intent.node(), "hibernated", now));
    }
    return Transition.next(
        intent.undoing(Step.UNDO_THAW, describe("dump", outcome)),
        record.discarding(intent.image(), intent.node()));
  }

  /** The copy only makes its wake quicker: without it, it rests at L3. */
  private static Transition afterCache(
      Intent intent, InstanceRecord record, Outcome outcome, Instant now) {
    InstanceRecord dumped = record.discarding(record.image());
    InstanceRecord resting =
        outcome instanceof Done
            ? dumped.cached(intent.image(), intent.nodeOrFail(), "hibernated", now)
            : dumped.imaged(
                intent.image(), intent.node(), "hibernated: " + describe("copy", outcome), now);
    return Transition.next(intent.at(Step.RELEASE_SOURCE), resting);
  }

  private static Transition afterUncache(
      Intent intent, InstanceRecord record, Outcome outcome, Instant now) {
    return outcome instanceof Failed failed && Failures.isTransient(failed.code())
        ? Transition.next(intent.again())
        : Transition.done(record.imaged(record.image(), record.node(), "hibernated", now));
  }

  private static InstanceRecord rested(Intent intent, InstanceRecord record, Instant now) {
    return record.level() == HibernationLevel.L4_KERNEL_SNAPSHOT
        ? record.cached(intent.image(), intent.nodeOrFail(), record.reason(), now)
        : record.imaged(intent.image(), intent.node(), record.reason(), now);
  }

  private static Transition afterReleaseSource(
      Intent intent, InstanceRecord record, Outcome outcome, Instant now) {
    if (!(outcome instanceof Failed failed)) {
      return Transition.next(intent.at(Step.RELEASE_ALLOCATION));
    }
    if (Failures.isTransient(failed.code())) {
      return Transition.next(intent.again());
    }
    if (failed.code() == FailureCode.UNKNOWN_INSTANCE) {
      return Transition.next(intent.at(Step.RELEASE_ALLOCATION));
    }
    String why = "the source ran on after its dump: " + failed.message();
    return Transition.next(
        intent.undoing(Step.UNDO_RESUME, why),
        record.running(intent.life(), intent.node(), why, now).discarding(intent.image()));
  }

  private static Transition afterUndoThaw(
      Intent intent, InstanceRecord record, Outcome outcome, Instant now) {
    if (outcome instanceof Failed lost && Failures.isDataLost(lost.code())) {
      String why = "its data can't be brought back: " + lost.message();
      return Transition.next(intent.undoing(Step.END_INSTANCE, why), record.ended(why, now));
    }
    boolean again = outcome instanceof Failed failed && Failures.isTransient(failed.code());
    return Transition.next(
        again ? intent.again() : intent.undoing(Step.UNDO_RESUME, intent.problem()));
  }

  private static String describe(String what, Outcome outcome) {
    return outcome instanceof Failed failed
        ? "the %s failed (%s): %s".formatted(what, failed.code(), failed.message())
        : "the %s failed".formatted(what);
  }
}
