package io.dormouse.controller.machine;

import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.controller.machine.Outcome.Attached;
import io.dormouse.controller.machine.Outcome.Done;
import io.dormouse.controller.machine.Outcome.Failed;
import io.dormouse.controller.machine.Outcome.Refused;
import io.dormouse.controller.machine.Transition.Finish;
import io.dormouse.engine.model.HibernationLevel;
import java.time.Instant;
import java.util.Optional;

/**
 * Bringing an instance back: what follows each outcome. Pure.
 *
 * <pre>
 * from L1, L2: THAW ─▶ RESUME ─▶ done
 * from L3, L4: ALLOCATE ─▶ AWAIT_LAUNCHER ─▶ RESTORE ─▶ THAW ─▶ RESUME ─▶ done      COMMITTED = THAW is durable
 * data of L2 that can't be brought back: THAW ─▶ undone (still at L2), or END_PROCESS ─▶ END_INSTANCE (lost)
 * failures: ABORT_COPY ─▶ ABORT_ALLOCATION ─▶ next attempt, or undone (still at L3), or END_INSTANCE (lost)
 * </pre>
 *
 * An image that an agent does not have may be in another's store, unless that agent is the one
 * which has it by the record: the next attempt would rather be there, and after the last one the
 * instance sleeps on.
 *
 * <p>A committed copy whose lease ran out before its thaw arrived was discarded by its agent
 * without having run; then the image counts again. Had it run, the image's claim would be for good
 * and the next restore refused: an image is never woken twice.
 */
final class WakeProtocol {
  /** How often a thaw is asked for anew while its agent does not say that the copy runs. */
  private static final int THAW_TRIES = 5;

  /** The same for a scheduler that has not heard of a launcher yet; a quarter of a resend apart. */
  private static final int RESUME_TRIES = 20;

  private WakeProtocol() {}

  static Transition after(
      Intent intent, InstanceRecord record, Outcome outcome, Instant now, int maxAttempts) {
    return switch (intent.step()) {
      case ALLOCATE -> afterAllocate(intent, record, outcome);
      case AWAIT_LAUNCHER -> afterAwait(intent, outcome);
      case RESTORE -> afterRestore(intent, record, outcome, now, maxAttempts);
      case THAW ->
          intent.image().isEmpty()
              ? afterThawInPlace(intent, record, outcome, now)
              : afterThawOfCopy(intent, record, outcome, now);
      case RESUME -> afterResume(intent, record, outcome, now);
      case ABORT_COPY -> afterAbortCopy(intent, record, outcome);
      case ABORT_ALLOCATION -> afterAbortAllocation(intent, record, now, maxAttempts);
      case END_PROCESS -> afterEndProcess(intent, outcome);
      case END_INSTANCE ->
          new Finish(
              Result.LOST, intent.problem(), Optional.of(record.ended(intent.problem(), now)));
      default -> throw new IllegalStateException("No such step: " + intent);
    };
  }

  private static Transition afterAllocate(Intent intent, InstanceRecord record, Outcome outcome) {
    if (outcome instanceof Refused refused) {
      return Transition.undone("no allocation: " + refused.reason(), record);
    }
    return outcome instanceof Done done && done.late()
        ? Transition.next(intent.undoing(Step.ABORT_ALLOCATION, "allocating took too long"))
        : Transition.next(intent.at(Step.AWAIT_LAUNCHER));
  }

  private static Transition afterAwait(Intent intent, Outcome outcome) {
    if (outcome instanceof Refused refused) {
      return Transition.next(intent.undoing(Step.ABORT_ALLOCATION, refused.reason()));
    }
    return outcome instanceof Attached attached
        ? Transition.next(intent.restoringAt(attached.node(), attached.life()))
        : Transition.next(
            intent.undoing(Step.ABORT_ALLOCATION, "no launcher attached before the deadline"));
  }

  private static Transition afterRestore(
      Intent intent, InstanceRecord record, Outcome outcome, Instant now, int maxAttempts) {
    if (!(outcome instanceof Failed failed)) {
      return Transition.next(
          intent.at(Step.THAW), record.running(intent.life(), intent.node(), "woken", now));
    }
    String why = "the restore failed (%s): %s".formatted(failed.code(), failed.message());
    Intent undoing = intent.undoing(Step.ABORT_COPY, why);
    if (failed.code() == FailureCode.IMAGE_MISSING && !record.node().equals(intent.node())) {
      boolean last = intent.attempt() + 1 >= maxAttempts;
      return Transition.next(last ? undoing.withoutLife() : undoing);
    }
    return Transition.next(
        Failures.isImageLost(failed.code()) ? undoing.withAttempt(maxAttempts - 1) : undoing);
  }

  private static Transition afterThawInPlace(
      Intent intent, InstanceRecord record, Outcome outcome, Instant now) {
    if (outcome instanceof Failed failed) {
      if (failed.code() == FailureCode.UNKNOWN_INSTANCE) {
        String why = "its process ended while it was frozen";
        return Transition.next(intent.undoing(Step.END_INSTANCE, why), record.ended(why, now));
      }
      if (failed.seen() != InstanceState.RUNNING && intent.tries() < THAW_TRIES) {
        return Transition.next(intent.again());
      }
      if (failed.seen() != InstanceState.RUNNING
          && record.level() == HibernationLevel.L2_DATA_SNAPSHOT) {
        return withoutData(intent, record, failed, now);
      }
    }
    return Transition.next(
        intent.at(Step.RESUME),
        record.running(intent.life(), intent.node(), "woken", now).discarding(record.image()));
  }

  /** It stays frozen; where its data is lost for good, it ends. */
  private static Transition withoutData(
      Intent intent, InstanceRecord record, Failed failed, Instant now) {
    String why =
        "its data can't be brought back (%s): %s".formatted(failed.code(), failed.message());
    return Failures.isImageLost(failed.code())
        ? Transition.next(intent.undoing(Step.END_PROCESS, why), record.ended(why, now))
        : Transition.undone(why, record);
  }

  private static Transition afterThawOfCopy(
      Intent intent, InstanceRecord record, Outcome outcome, Instant now) {
    if (!(outcome instanceof Failed failed) || failed.seen() == InstanceState.RUNNING) {
      return Transition.next(intent.at(Step.RESUME), record.discarding(intent.image()));
    }
    boolean known = failed.code() != FailureCode.UNKNOWN_INSTANCE;
    if (known && (Failures.isTransient(failed.code()) || intent.tries() < THAW_TRIES)) {
      return Transition.next(intent.again());
    }
    String why = "the restored copy was gone before it ran: " + failed.message();
    return Transition.next(
        intent.undoing(Step.ABORT_COPY, why),
        record.imaged(intent.image(), intent.node(), why, now));
  }

  /**
   * A scheduler that knows no process of the instance can't use it: whatever is left of it ends.
   */
  private static Transition afterResume(
      Intent intent, InstanceRecord record, Outcome outcome, Instant now) {
    if (!(outcome instanceof Refused refused)) {
      return Transition.done(record);
    }
    if (intent.tries() < RESUME_TRIES) {
      return Transition.next(intent.again());
    }
    String why = "its scheduler would not take it back: " + refused.reason();
    return Transition.next(intent.undoing(Step.END_PROCESS, why), record.ended(why, now));
  }

  private static Transition afterAbortCopy(Intent intent, InstanceRecord record, Outcome outcome) {
    if (outcome instanceof Failed failed && Failures.isTransient(failed.code())) {
      return Transition.next(intent.again());
    }
    return record.isImaged()
        ? Transition.next(intent.undoing(Step.ABORT_ALLOCATION, intent.problem()))
        : Transition.undone(intent.problem(), record);
  }

  private static Transition afterEndProcess(Intent intent, Outcome outcome) {
    boolean again = outcome instanceof Failed failed && Failures.isTransient(failed.code());
    return Transition.next(
        again ? intent.again() : intent.undoing(Step.END_INSTANCE, intent.problem()));
  }

  /**
   * An attempt that got as far as a node and failed there counts; a missing allocation is tried by
   * the next decision.
   */
  private static Transition afterAbortAllocation(
      Intent intent, InstanceRecord record, Instant now, int maxAttempts) {
    if (intent.life().isEmpty()) {
      return Transition.undone(intent.problem(), record);
    }
    if (intent.attempt() + 1 < maxAttempts) {
      return Transition.next(intent.nextAttempt());
    }
    return Transition.next(
        intent.at(Step.END_INSTANCE), record.ended("lost: " + intent.problem(), now));
  }
}
