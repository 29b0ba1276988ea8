package io.dormouse.controller.machine;

import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.controller.machine.Outcome.Attached;
import io.dormouse.controller.machine.Outcome.Done;
import io.dormouse.controller.machine.Outcome.Failed;
import io.dormouse.controller.machine.Outcome.Refused;
import io.dormouse.controller.machine.Transition.Finish;
import java.time.Instant;
import java.util.Optional;

/**
 * Taking an instance to another node: what follows each outcome. Pure.
 *
 * <pre>
 * QUIESCE ─▶ RESERVE ─▶ AWAIT_LAUNCHER ─▶ DUMP ─▶ HAND_OVER ─▶ PULL ─▶ RESTORE ─▶ RELEASE_SOURCE ─▶ THAW ─▶ REDIRECT ─▶ done
 * COMMITTED = RELEASE_SOURCE is durable: it is the fence, and the copy is thawed only once it is done
 * failures before, taken over before, or refused by RELEASE_SOURCE: UNDO_THAW ─▶ UNRESERVE ─▶ UNDO_RESUME ─▶ undone
 * a copy that was gone before its thaw: ABORT_COPY ─▶ RELEASE_ALLOCATION ─▶ undone, at L3
 * a scheduler that would not have it: END_PROCESS ─▶ END_INSTANCE ─▶ lost
 * </pre>
 *
 * PULL, RESTORE and THAW are for the agent at the target; the intent's two places change over
 * there. Once nobody may wake the image, it is discarded at both, as the two agents may have a
 * store each. A source whose lease ran out before its release has gone on: its agent refuses the
 * release, and the copy, which nobody may thaw then, ends by its own lease or with its launcher. A
 * source that its agent does not know is gone: then the copy is all that is left of it.
 */
final class MoveProtocol {
  /** How often a pull is asked for anew that broke off; each goes on where the last one broke. */
  private static final int PULL_TRIES = 2;

  private static final int THAW_TRIES = 5;

  /** A quarter of a resend apart. */
  private static final int REDIRECT_TRIES = 20;

  private MoveProtocol() {}

  static Transition after(Intent intent, InstanceRecord record, Outcome outcome, Instant now) {
    return switch (intent.step()) {
      case QUIESCE -> afterQuiesce(intent, record, outcome, now);
      case RESERVE -> afterReserve(intent, outcome);
      case AWAIT_LAUNCHER -> afterAwait(intent, outcome);
      case DUMP -> orUndo(intent, record, outcome, intent.at(Step.HAND_OVER));
      case HAND_OVER -> orUndo(intent, record, outcome, intent.elsewhereAt(Step.PULL));
      case PULL -> afterPull(intent, record, outcome);
      case RESTORE -> afterRestore(intent, record, outcome, now);
      case RELEASE_SOURCE -> afterReleaseSource(intent, record, outcome, now);
      case THAW -> afterThaw(intent, record, outcome, now);
      case REDIRECT -> afterRedirect(intent, record, outcome, now);
      case UNDO_THAW -> againOr(intent, outcome, Step.UNRESERVE);
      case UNRESERVE -> Transition.next(intent.undoing(Step.UNDO_RESUME, intent.problem()));
      case UNDO_RESUME ->
          Transition.undone(
              intent.problem(),
              record.running(intent.life(), intent.node(), intent.problem(), now));
      case ABORT_COPY -> againOr(intent, outcome, Step.RELEASE_ALLOCATION);
      case RELEASE_ALLOCATION -> Transition.undone(intent.problem(), record);
      case END_PROCESS -> againOr(intent, outcome, Step.END_INSTANCE);
      case END_INSTANCE ->
          new Finish(
              Result.LOST, intent.problem(), Optional.of(record.ended(intent.problem(), now)));
      default -> throw new IllegalStateException("No such step: " + intent);
    };
  }

  /**
   * Whether the agent that a step is for need not be waited for: the target of what is not
   * committed. Whatever it still does comes to a copy that nobody thaws, while the source would
   * stand still for it.
   */
  static boolean canDoWithout(Intent intent) {
    return intent.kind() == Kind.MOVE
        && (intent.step() == Step.PULL || intent.step() == Step.RESTORE);
  }

  /** What is not committed is undone: in the meantime the scheduler may have put it to work. */
  static Optional<Transition.Next> takenOver(Intent intent, InstanceRecord record) {
    return switch (intent.step()) {
      case QUIESCE, RESERVE, AWAIT_LAUNCHER, DUMP, HAND_OVER, PULL, RESTORE ->
          Optional.of(undo(intent, record, "its leader was gone before it was committed"));
      default -> Optional.empty();
    };
  }

  private static Transition.Next undo(Intent intent, InstanceRecord record, String why) {
    Intent home = canDoWithout(intent) ? intent.elsewhereAt(Step.UNDO_THAW) : intent;
    return new Transition.Next(
        home.undoing(Step.UNDO_THAW, why), Optional.of(discarding(intent, record)));
  }

  /** At both places, if there are two yet. */
  private static InstanceRecord discarding(Intent intent, InstanceRecord record) {
    InstanceRecord here = record.discarding(intent.image(), intent.node());
    Intent.Elsewhere other = intent.elsewhereOrFail();
    return other.life().isEmpty()
        ? here
        : here.discarding(intent.image(), Optional.of(other.node()));
  }

  private static Transition afterQuiesce(
      Intent intent, InstanceRecord record, Outcome outcome, Instant now) {
    if (outcome instanceof Refused refused) {
      String why = "not quiesced: " + refused.reason();
      return Transition.undone(why, record.running(intent.life(), intent.node(), why, now));
    }
    return outcome instanceof Done done && done.late()
        ? Transition.next(intent.undoing(Step.UNDO_RESUME, "quiescing took too long"))
        : Transition.next(intent.at(Step.RESERVE));
  }

  private static Transition afterReserve(Intent intent, Outcome outcome) {
    if (outcome instanceof Refused refused) {
      return Transition.next(
          intent.undoing(Step.UNDO_RESUME, "no second place: " + refused.reason()));
    }
    return outcome instanceof Done done && done.late()
        ? Transition.next(intent.undoing(Step.UNRESERVE, "reserving took too long"))
        : Transition.next(intent.at(Step.AWAIT_LAUNCHER));
  }

  private static Transition afterAwait(Intent intent, Outcome outcome) {
    if (outcome instanceof Attached attached) {
      return Transition.next(intent.withCopyAt(attached.node(), attached.life()).at(Step.DUMP));
    }
    String why =
        outcome instanceof Refused refused
            ? refused.reason()
            : "no launcher attached before the deadline";
    return Transition.next(intent.undoing(Step.UNRESERVE, why));
  }

  private static Transition orUndo(
      Intent intent, InstanceRecord record, Outcome outcome, Intent next) {
    Optional<String> problem = problem(intent, outcome);
    return problem.isPresent() ? undo(intent, record, problem.get()) : Transition.next(next);
  }

  private static Optional<String> problem(Intent intent, Outcome outcome) {
    if (outcome instanceof Outcome.Expired) {
      return Optional.of("its step %s got no answer in time".formatted(intent.step()));
    }
    return outcome instanceof Failed failed
        ? Optional.of(
            "its step %s failed (%s): %s".formatted(intent.step(), failed.code(), failed.message()))
        : Optional.empty();
  }

  private static Transition afterPull(Intent intent, InstanceRecord record, Outcome outcome) {
    boolean again =
        outcome instanceof Failed failed
            && Failures.isTransient(failed.code())
            && intent.tries() < PULL_TRIES;
    return again
        ? Transition.next(intent.again())
        : orUndo(intent, record, outcome, intent.at(Step.RESTORE));
  }

  private static Transition afterRestore(
      Intent intent, InstanceRecord record, Outcome outcome, Instant now) {
    Optional<String> problem = problem(intent, outcome);
    if (problem.isPresent()) {
      return undo(intent, record, problem.get());
    }
    Intent committed = intent.elsewhereAt(Step.RELEASE_SOURCE);
    return Transition.next(
        committed, record.imaged(intent.image(), committed.node(), "moves", now));
  }

  private static Transition afterReleaseSource(
      Intent intent, InstanceRecord record, Outcome outcome, Instant now) {
    if (outcome instanceof Failed failed && !isGone(failed)) {
      return Failures.isTransient(failed.code())
          ? Transition.next(intent.again())
          : sourceRanOn(intent, record, failed, now);
    }
    Intent copy = intent.elsewhereAt(Step.THAW);
    return Transition.next(copy, record.running(copy.life(), copy.node(), "moved", now));
  }

  /** Said by an agent that is heard; of one that is not, the source may run on. */
  private static boolean isGone(Failed failed) {
    return failed.code() == FailureCode.UNKNOWN_INSTANCE && failed.seen() == InstanceState.ENDED;
  }

  private static Transition sourceRanOn(
      Intent intent, InstanceRecord record, Failed failed, Instant now) {
    String why = "the source ran on after its dump: " + failed.message();
    return Transition.next(
        intent.undoing(Step.UNRESERVE, why),
        discarding(intent, record.running(intent.life(), intent.node(), why, now)));
  }

  private static Transition afterThaw(
      Intent intent, InstanceRecord record, Outcome outcome, Instant now) {
    if (!(outcome instanceof Failed failed) || failed.seen() == InstanceState.RUNNING) {
      return Transition.next(intent.at(Step.REDIRECT), discarding(intent, record));
    }
    boolean known = failed.code() != FailureCode.UNKNOWN_INSTANCE;
    if (known && (Failures.isTransient(failed.code()) || intent.tries() < THAW_TRIES)) {
      return Transition.next(intent.again());
    }
    String why = "the copy was gone before it ran: " + failed.message();
    return Transition.next(
        intent.undoing(Step.ABORT_COPY, why),
        record.imaged(intent.image(), intent.node(), why, now));
  }

  private static Transition afterRedirect(
      Intent intent, InstanceRecord record, Outcome outcome, Instant now) {
    if (!(outcome instanceof Refused refused)) {
      return Transition.done(record);
    }
    if (intent.tries() < REDIRECT_TRIES) {
      return Transition.next(intent.again());
    }
    String why = "its scheduler would not have it in its second place: " + refused.reason();
    return Transition.next(intent.undoing(Step.END_PROCESS, why), record.ended(why, now));
  }

  private static Transition againOr(Intent intent, Outcome outcome, Step next) {
    boolean again = outcome instanceof Failed failed && Failures.isTransient(failed.code());
    return Transition.next(again ? intent.again() : intent.undoing(next, intent.problem()));
  }
}
