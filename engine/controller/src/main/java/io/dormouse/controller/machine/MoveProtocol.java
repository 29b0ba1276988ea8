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
 * RESERVE ─▶ AWAIT_LAUNCHER ─▶ (DRAFT ─▶ HAND_OVER_DRAFT ─▶ PULL_DRAFT ─▶) here it runs on, in rotation
 * QUIESCE ─▶ DUMP ─▶ HAND_OVER ─▶ PULL ─▶ RESTORE ─▶ RELEASE_SOURCE ─▶ THAW ─▶ REDIRECT ─▶ done
 * COMMITTED = RELEASE_SOURCE is durable: it is the fence, and the copy is thawed only once it is done
 * no draft can be had or brought over, or not in time: QUIESCE without it
 * failures before COMMITTED, or taken over before: UNDO_THAW ─▶ UNDO_RESUME ─▶ UNRESERVE ─▶ undone,
 *   from where on there is something to undo: a DUMP, a QUIESCE, a RESERVE
 * refused by RELEASE_SOURCE: UNDO_RESUME ─▶ UNRESERVE ─▶ undone
 * a copy that was gone before its thaw: ABORT_COPY ─▶ RELEASE_ALLOCATION ─▶ undone, at L3
 * a scheduler that would not have it: END_PROCESS ─▶ END_INSTANCE ─▶ lost
 * </pre>
 *
 * PULL_DRAFT, PULL, RESTORE and THAW are for the agent at the target; the intent's two places
 * change over there. Once nobody may wake the image, it is discarded at both, as the two agents may
 * have a store each, also where that is long after the move; and so is the draft, however the move
 * ends. A source whose lease ran out before its release has gone on: its agent refuses the release,
 * and the copy, which nobody may thaw then, ends by its own lease or with its launcher. A source
 * that its agent does not know is gone: then the copy is all that is left of it.
 */
final class MoveProtocol {
  /** How often a pull is asked for anew that broke off; each goes on where the last one broke. */
  private static final int PULL_TRIES = 2;

  private static final int THAW_TRIES = 5;

  /** A quarter of a resend apart. */
  private static final int REDIRECT_TRIES = 20;

  private MoveProtocol() {}

  static Transition after(Intent intent, InstanceRecord record, Outcome outcome, Instant now) {
    Transition to = afterStep(intent, record, outcome, now);
    return to instanceof Finish finish
        ? new Finish(
            finish.result(),
            finish.reason(),
            finish.record().map(last -> discarding(intent, intent.draft(), last)))
        : to;
  }

  private static Transition afterStep(
      Intent intent, InstanceRecord record, Outcome outcome, Instant now) {
    return switch (intent.step()) {
      case RESERVE -> afterReserve(intent, record, outcome, now);
      case AWAIT_LAUNCHER -> afterAwait(intent, record, outcome);
      case DRAFT -> ahead(intent, record, outcome, intent.at(Step.HAND_OVER_DRAFT));
      case HAND_OVER_DRAFT -> ahead(intent, record, outcome, intent.elsewhereAt(Step.PULL_DRAFT));
      case PULL_DRAFT -> ahead(intent, record, outcome, intent.elsewhereAt(Step.QUIESCE));
      case QUIESCE -> afterQuiesce(intent, record, outcome);
      case DUMP -> orUndo(intent, record, outcome, intent.at(Step.HAND_OVER));
      case HAND_OVER -> orUndo(intent, record, outcome, intent.elsewhereAt(Step.PULL));
      case PULL ->
          breaksOff(intent, outcome)
              ? Transition.next(intent.again())
              : orUndo(intent, record, outcome, intent.at(Step.RESTORE));
      case RESTORE -> afterRestore(intent, record, outcome, now);
      case RELEASE_SOURCE -> afterReleaseSource(intent, record, outcome, now);
      case THAW -> afterThaw(intent, record, outcome, now);
      case REDIRECT -> afterRedirect(intent, record, outcome, now);
      case UNDO_THAW -> againOr(intent, outcome, Step.UNDO_RESUME);
      case UNDO_RESUME -> Transition.next(intent.undoing(Step.UNRESERVE, intent.problem()));
      case UNRESERVE -> staysHere(intent, record, intent.problem(), now);
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
   * committed. Whatever it still does comes to a draft that nobody wakes, or to a copy that nobody
   * thaws, while the source would stand still for it.
   */
  static boolean canDoWithout(Intent intent) {
    return intent.kind() == Kind.MOVE
        && switch (intent.step()) {
          case PULL_DRAFT, PULL, RESTORE -> true;
          default -> false;
        };
  }

  /** What is not committed is undone: in the meantime the scheduler may have put it to work. */
  static Optional<Transition.Next> takenOver(Intent intent, InstanceRecord record) {
    return switch (intent.step()) {
      case RESERVE,
          AWAIT_LAUNCHER,
          DRAFT,
          HAND_OVER_DRAFT,
          PULL_DRAFT,
          QUIESCE,
          DUMP,
          HAND_OVER,
          PULL,
          RESTORE ->
          Optional.of(undo(intent, record, "its leader was gone before it was committed"));
      default -> Optional.empty();
    };
  }

  /** Undoes what was begun, and no more: before it is quiesced, it is in rotation and runs. */
  private static Transition.Next undo(Intent intent, InstanceRecord record, String why) {
    Intent home = atSource(intent, intent.step());
    return switch (intent.step()) {
      case RESERVE, AWAIT_LAUNCHER, DRAFT, HAND_OVER_DRAFT, PULL_DRAFT ->
          new Transition.Next(home.undoing(Step.UNRESERVE, why), Optional.empty());
      case QUIESCE -> new Transition.Next(home.undoing(Step.UNDO_RESUME, why), Optional.empty());
      default ->
          new Transition.Next(
              home.undoing(Step.UNDO_THAW, why),
              Optional.of(discarding(intent, intent.image(), record)));
    };
  }

  private static Intent atSource(Intent intent, Step next) {
    return canDoWithout(intent) ? intent.elsewhereAt(next) : intent.at(next);
  }

  /** At both places; while there is one only, nothing has been made. */
  private static InstanceRecord discarding(Intent intent, String image, InstanceRecord record) {
    Intent.Elsewhere other = intent.elsewhereOrFail();
    return other.life().isEmpty()
        ? record
        : record.discarding(image, intent.node()).discarding(image, Optional.of(other.node()));
  }

  private static Transition staysHere(
      Intent intent, InstanceRecord record, String why, Instant now) {
    return Transition.undone(why, record.running(intent.life(), intent.node(), why, now));
  }

  private static Transition afterReserve(
      Intent intent, InstanceRecord record, Outcome outcome, Instant now) {
    if (outcome instanceof Refused refused) {
      return staysHere(intent, record, "no second place: " + refused.reason(), now);
    }
    return outcome instanceof Done done && done.late()
        ? undo(intent, record, "reserving took too long")
        : Transition.next(intent.at(Step.AWAIT_LAUNCHER));
  }

  private static Transition afterAwait(Intent intent, InstanceRecord record, Outcome outcome) {
    if (outcome instanceof Attached attached) {
      Step next = intent.draft().isEmpty() ? Step.QUIESCE : Step.DRAFT;
      return Transition.next(intent.withCopyAt(attached.node(), attached.life()).at(next));
    }
    String why =
        outcome instanceof Refused refused
            ? refused.reason()
            : "no launcher attached before the deadline";
    return undo(intent, record, why);
  }

  /** A draft only saves time; but where a place does not know the instance, there is no move. */
  private static Transition ahead(
      Intent intent, InstanceRecord record, Outcome outcome, Intent next) {
    if (breaksOff(intent, outcome)) {
      return Transition.next(intent.again());
    }
    Optional<String> problem = problem(intent, outcome);
    boolean unknown =
        outcome instanceof Failed failed && failed.code() == FailureCode.UNKNOWN_INSTANCE;
    if (problem.isPresent() && unknown) {
      return undo(intent, record, problem.get());
    }
    return Transition.next(problem.isPresent() ? atSource(intent, Step.QUIESCE) : next);
  }

  private static Transition afterQuiesce(Intent intent, InstanceRecord record, Outcome outcome) {
    if (outcome instanceof Refused refused) {
      return Transition.next(intent.undoing(Step.UNRESERVE, "not quiesced: " + refused.reason()));
    }
    return outcome instanceof Done done && done.late()
        ? undo(intent, record, "quiescing took too long")
        : Transition.next(intent.at(Step.DUMP));
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

  /** A pull that is to be asked for anew. */
  private static boolean breaksOff(Intent intent, Outcome outcome) {
    return intent.step().isPull()
        && outcome instanceof Failed failed
        && Failures.isTransient(failed.code())
        && intent.tries() < PULL_TRIES;
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
        intent.undoing(Step.UNDO_RESUME, why),
        discarding(intent, intent.image(), record.running(intent.life(), intent.node(), why, now)));
  }

  private static Transition afterThaw(
      Intent intent, InstanceRecord record, Outcome outcome, Instant now) {
    if (!(outcome instanceof Failed failed) || failed.seen() == InstanceState.RUNNING) {
      return Transition.next(intent.at(Step.REDIRECT), discarding(intent, intent.image(), record));
    }
    boolean known = failed.code() != FailureCode.UNKNOWN_INSTANCE;
    if (known && (Failures.isTransient(failed.code()) || intent.tries() < THAW_TRIES)) {
      return Transition.next(intent.again());
    }
    String why = "the copy was gone before it ran: " + failed.message();
    return Transition.next(
        intent.undoing(Step.ABORT_COPY, why),
        record
            .imaged(intent.image(), intent.node(), why, now)
            .withImageAlsoAt(intent.elsewhereOrFail().node()));
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
