package io.dormouse.controller.machine;

import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.spi.Epoch;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Turns decisions into actions, where nothing stands against them. */
final class Launches {
  static final Disposition NO_AGENT = Disposition.not("no agent that follows this leader holds it");

  private final Launchpad pad;
  private final MoveLaunches moves;
  private final Map<InstanceId, Instant> cooldowns = new HashMap<>();

  Launches(Launchpad pad) {
    this.pad = pad;
    this.moves = new MoveLaunches(pad);
  }

  void lead(Epoch epoch) {
    pad.intents().lead(epoch);
    cooldowns.clear();
  }

  void coolDown(InstanceId instance, Instant now) {
    cooldowns.put(instance, now.plus(pad.settings().patience().cooldown()));
  }

  void tick(Instant now) {
    cooldowns.values().removeIf(until -> until.isBefore(now));
  }

  /** Carries a decision out, or says why not. */
  Disposition carryOut(DecisionRecord decision, Mode mode, Instant now) {
    if (!pad.executor().hasRoom()) {
      return Disposition.not("too many actions are under way");
    }
    Action action = decision.action();
    if (action instanceof Action.Wake wake) {
      return wake(decision.id(), wake.instance(), now);
    }
    if (mode == Mode.OBSERVE) {
      return Disposition.not("observed only");
    }
    if (action instanceof Action.Hibernate hibernate) {
      return hibernate(decision.id(), hibernate, now);
    }
    if (action instanceof Action.Move move) {
      return obstacleToMove(move.instance(), now)
          .or(() -> obstacleToMove(move))
          .orElseGet(() -> moves.begin(decision.id(), move, now));
    }
    if (action instanceof Action.Start start) {
      start(decision.id(), start.workloadClass(), now);
      return Disposition.CARRIED_OUT;
    }
    return Disposition.not("unknown action");
  }

  /** What stands against moving an instance anywhere. */
  Optional<Disposition> obstacleToMove(InstanceId instance, Instant now) {
    return moves.impossible().or(() -> obstacle(instance, now)).or(() -> moves.obstacle(instance));
  }

  /** What stands against moving an instance there, if nothing does against moving it at all. */
  Optional<Disposition> obstacleToMove(Action.Move move) {
    return moves.obstacle(move);
  }

  /** Starts a fresh instance of a class. */
  void start(String decision, WorkloadClassId workloadClass, Instant now) {
    Intent intent = pad.intents().start(decision, workloadClass, now);
    pad.cluster().expect(intent.id(), workloadClass, now);
    pad.executor().begin(intent, now);
  }

  private Disposition wake(String decision, InstanceId id, Instant now) {
    Optional<InstanceRecord> record = pad.registry().find(id);
    Optional<Disposition> obstacle = obstacle(id, now);
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    if (record.isEmpty()) {
      return Disposition.not("it is not hibernated");
    }
    return switch (record.get().level()) {
      case L1_RETAINED, L2_DATA_SNAPSHOT -> thawInPlace(decision, record.get(), now);
      case L3_FULL_SNAPSHOT, L4_KERNEL_SNAPSHOT -> restore(decision, record.get(), now);
      default -> Disposition.not("it is not hibernated");
    };
  }

  private Disposition thawInPlace(String decision, InstanceRecord record, Instant now) {
    if (record.node().filter(pad.agents()::isReady).isEmpty()) {
      return NO_AGENT;
    }
    pad.executor().begin(pad.intents().thaw(decision, record, now), now);
    return Disposition.CARRIED_OUT;
  }

  private Disposition restore(String decision, InstanceRecord record, Instant now) {
    pad.executor().begin(pad.intents().restore(decision, record, now), now);
    return Disposition.CARRIED_OUT;
  }

  private Disposition hibernate(String decision, Action.Hibernate action, Instant now) {
    InstanceId id = action.instance();
    Optional<Instance> instance = pad.cluster().reported(id);
    Optional<Disposition> obstacle = obstacle(id, now);
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    if (instance.isEmpty()) {
      return Disposition.not("the scheduler does not know it");
    }
    InstanceRecord record = pad.registry().findOrAwake(id, instance.get().workloadClass(), now);
    if (record.level() != action.from()) {
      return Disposition.not("it is at another level (%s)".formatted(record.level()));
    }
    if (!record.isImaged()) {
      return hibernateProcess(decision, action, record, now);
    }
    return action.to() == HibernationLevel.TERMINATED
        ? endImage(decision, record, now)
        : uncache(decision, record, now);
  }

  private Disposition uncache(String decision, InstanceRecord record, Instant now) {
    Optional<NodeId> node = record.node().filter(pad.agents()::isReady);
    if (record.level() != HibernationLevel.L4_KERNEL_SNAPSHOT || node.isEmpty()) {
      return NO_AGENT;
    }
    Intents.Place place = new Intents.Place(node, record.image(), record.life());
    pad.executor()
        .begin(
            pad.intents()
                .hibernate(decision, record, HibernationLevel.L3_FULL_SNAPSHOT, place, now),
            now);
    return Disposition.CARRIED_OUT;
  }

  private Disposition endImage(String decision, InstanceRecord record, Instant now) {
    begin(decision, record, HibernationLevel.TERMINATED, Optional.empty(), record.life(), now);
    return Disposition.CARRIED_OUT;
  }

  private Disposition hibernateProcess(
      String decision, Action.Hibernate action, InstanceRecord record, Instant now) {
    Optional<Map.Entry<NodeId, AgentRegistry.Sighting>> place =
        pad.agents().process(action.instance());
    if (place.isEmpty() || !pad.agents().isReady(place.get().getKey())) {
      return NO_AGENT;
    }
    NodeId node = place.get().getKey();
    if (action.to() != HibernationLevel.TERMINATED
        && !pad.agents().reach().at(node).contains(action.to())) {
      return Disposition.not("its agent can't take it there (%s)".formatted(action.to()));
    }
    Optional<String> noImage = place.get().getValue().noImage();
    if (action.to().isImaged() && noImage.isPresent()) {
      return Disposition.not(noImage.get());
    }
    if (takesImage(action.to())) {
      Optional<Disposition> obstacle = pad.noImage(node, Optional.of(record));
      if (obstacle.isPresent()) {
        return obstacle.get();
      }
    }
    long owner = place.get().getValue().status().getOwnerUid();
    String life = place.get().getValue().life();
    pad.registry().write(record.ownedBy(owner));
    begin(decision, record, action.to(), Optional.of(node), life, now);
    return Disposition.CARRIED_OUT;
  }

  private void begin(
      String decision,
      InstanceRecord record,
      HibernationLevel to,
      Optional<NodeId> node,
      String life,
      Instant now) {
    String image = takesImage(to) ? pad.seams().generations().get().toString() : "";
    pad.executor()
        .begin(
            pad.intents()
                .hibernate(decision, record, to, new Intents.Place(node, image, life), now),
            now);
  }

  private static boolean takesImage(HibernationLevel level) {
    return level == HibernationLevel.L2_DATA_SNAPSHOT || level.isImaged();
  }

  private Optional<Disposition> obstacle(InstanceId id, Instant now) {
    if (pad.executor().of(id).isPresent()) {
      return Optional.of(Disposition.not("an action is under way"));
    }
    Instant until = cooldowns.get(id);
    return until != null && until.isAfter(now)
        ? Optional.of(Disposition.not("it rests after an action that failed, until " + until))
        : Optional.empty();
  }
}
