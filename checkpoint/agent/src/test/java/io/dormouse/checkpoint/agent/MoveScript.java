package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.MoveNode.INSTANCE;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/**
 * Moves an instance as a leader does. What it knows is durable before each command, so that another
 * leader goes on from there; an answer that does not come is asked for again.
 *
 * <pre>
 * DUMP ─▶ HAND_OVER ─▶ PULL ─▶ RESTORE ─▶ RELEASE ─▶ THAW ─▶ CLEAN_SOURCE ─▶ CLEAN_TARGET      COMMITTED = RELEASE is durable
 * failures before RELEASE, or refused by it: ABORT_COPY ─▶ DISCARD_COPY ─▶ TAKE_BACK ─▶ UNDO_THAW ─▶ CLEAN_SOURCE
 * a copy whose lease ended between RELEASE and THAW: RESTORE_AGAIN ─▶ THAW
 * </pre>
 */
final class MoveScript {
  private enum Stage {
    DUMP,
    HAND_OVER,
    PULL,
    RESTORE,
    RELEASE,
    THAW,
    RESTORE_AGAIN,
    ABORT_COPY,
    DISCARD_COPY,
    TAKE_BACK,
    UNDO_THAW,
    CLEAN_SOURCE,
    CLEAN_TARGET,
    OVER
  }

  private final String name;
  private final MoveNode source;
  private final MoveNode target;
  private final Random random;
  private final UUID image;
  private UUID life;
  private Stage stage = Stage.DUMP;
  private int tries;
  private boolean moved;
  long epoch;
  private long renewals;

  /** A bug that a test plants: the target is thawed without the source being ended. */
  boolean forgetsFence;

  MoveScript(String name, MoveNode source, MoveNode target, Random random, long epoch) {
    this.name = name;
    this.source = source;
    this.target = target;
    this.random = random;
    this.image = uuid();
    this.life = uuid();
    this.epoch = epoch;
  }

  private UUID uuid() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  boolean isOver() {
    return stage == Stage.OVER;
  }

  /** Whether the instance is at the target now; when it is over. */
  boolean moved() {
    return moved;
  }

  /** The leader died; the next one has a higher epoch, and what is durable. */
  void nextLeader() {
    epoch++;
  }

  /** Renews what shall stay frozen, as leaders do at every beat. */
  void beat() {
    for (MoveNode node : List.of(source, target)) {
      renewals++;
      var unused =
          node.ask(
              Orders.renew(List.of(INSTANCE)), name + ".renew." + epoch + "." + renewals, epoch);
    }
  }

  /** Sends the command of the stage; {@code heard}: whether the answer comes. */
  void step(boolean heard) {
    if (stage == Stage.RESTORE || stage == Stage.RESTORE_AGAIN) {
      if (!target.awaits()) {
        target.attach();
      }
    }
    Optional<AgentResult> answer =
        node().ask(command(), "%s.%s.%d".formatted(name, stage, tries), epoch);
    if (heard && answer.isPresent()) {
      advance(answer.get());
    }
  }

  private MoveNode node() {
    return switch (stage) {
      case DUMP, HAND_OVER, RELEASE, TAKE_BACK, UNDO_THAW, CLEAN_SOURCE -> source;
      case PULL, RESTORE, THAW, RESTORE_AGAIN, ABORT_COPY, DISCARD_COPY, CLEAN_TARGET -> target;
      case OVER -> throw new IllegalStateException("It is over.");
    };
  }

  private AgentCommand.Builder command() {
    return switch (stage) {
      case DUMP -> Orders.dump(INSTANCE, image);
      case HAND_OVER -> Orders.handOver(INSTANCE, image, target.name);
      case PULL -> Orders.pull(INSTANCE, image, source.name);
      case RESTORE, RESTORE_AGAIN -> Orders.restore(INSTANCE, image, life);
      case RELEASE -> Orders.release(INSTANCE, image);
      case THAW, UNDO_THAW -> Orders.thaw(INSTANCE);
      case ABORT_COPY -> Orders.terminate(INSTANCE);
      case DISCARD_COPY, CLEAN_SOURCE, CLEAN_TARGET -> Orders.discard(INSTANCE, image);
      case TAKE_BACK -> Orders.takeBack(INSTANCE, image, target.name);
      case OVER -> throw new IllegalStateException("It is over.");
    };
  }

  private void advance(AgentResult result) {
    boolean done = result.hasDone();
    boolean known = result.getFailure().getCode() != FailureCode.UNKNOWN_INSTANCE;
    boolean again = !done && isTransient(result.getFailure().getCode());
    switch (stage) {
      case DUMP -> next(done ? Stage.HAND_OVER : Stage.UNDO_THAW);
      case HAND_OVER -> next(done ? Stage.PULL : Stage.TAKE_BACK);
      case PULL -> next(done ? Stage.RESTORE : again && tries < 2 ? stage : Stage.ABORT_COPY);
      case RESTORE -> next(!done ? Stage.ABORT_COPY : forgetsFence ? Stage.THAW : Stage.RELEASE);
      case RELEASE -> next(done ? Stage.THAW : again ? stage : Stage.ABORT_COPY);
      case THAW -> {
        moved = true;
        next(done ? Stage.CLEAN_SOURCE : known && again ? stage : Stage.RESTORE_AGAIN);
      }
      case RESTORE_AGAIN -> next(done ? Stage.THAW : stage);
      case ABORT_COPY -> next(again ? stage : Stage.DISCARD_COPY);
      case DISCARD_COPY -> next(done ? Stage.TAKE_BACK : stage);
      case TAKE_BACK -> next(done ? Stage.UNDO_THAW : stage);
      case UNDO_THAW -> next(again ? stage : Stage.CLEAN_SOURCE);
      case CLEAN_SOURCE -> next(!done ? stage : moved ? Stage.CLEAN_TARGET : Stage.OVER);
      case CLEAN_TARGET -> next(done ? Stage.OVER : stage);
      case OVER -> throw new IllegalStateException("It is over.");
    }
  }

  private static boolean isTransient(FailureCode code) {
    return switch (code) {
      case TIMED_OUT, INTERNAL, STORE_FAILED, PEER_UNREACHABLE -> true;
      default -> false;
    };
  }

  /** The same stage again is another request. */
  private void next(Stage to) {
    tries = to == stage ? tries + 1 : 0;
    if (to == Stage.RESTORE_AGAIN) {
      life = uuid();
      tries = random.nextInt(Integer.MAX_VALUE);
    }
    if (to == Stage.THAW) {
      tries = stage == Stage.RESTORE_AGAIN ? random.nextInt(Integer.MAX_VALUE) : tries;
    }
    stage = to;
  }

  @Override
  public String toString() {
    return "%s at %s.%d".formatted(name, stage, tries);
  }
}
