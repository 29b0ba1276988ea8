package io.dormouse.controller.machine;

import io.dormouse.checkpoint.hosts.RestoreVerdict;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.plan.Action;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Turns decisions to move into actions, where nothing stands against them. */
final class MoveLaunches {
  /**
   * Of smaller instances nothing goes ahead: what a move of them takes is for the tools to start,
   * and little for their memory, while they would stand still for a draft as well.
   */
  static final long DRAFT_BYTES_MIN = 64L << 20;

  private final Launchpad pad;

  MoveLaunches(Launchpad pad) {
    this.pad = pad;
  }

  /** What stands against moving any instance. */
  Optional<Disposition> impossible() {
    return pad.seams().scheduler().onePlaceOnly().map(Disposition::not);
  }

  /** What stands against moving an instance anywhere. */
  Optional<Disposition> obstacle(InstanceId id) {
    Optional<Instance> instance = pad.cluster().reported(id);
    if (instance.isEmpty()) {
      return not("the scheduler does not know it");
    }
    Optional<Map.Entry<NodeId, AgentRegistry.Sighting>> place = pad.agents().process(id);
    return place.isEmpty() || !pad.agents().isReady(place.get().getKey())
        ? Optional.of(Launches.NO_AGENT)
        : unfit(pad.registry().find(id), place.get());
  }

  /** What stands against moving an instance there. */
  Optional<Disposition> obstacle(Action.Move move) {
    return pad.agents().process(move.instance()).flatMap(place -> unfit(move.to(), place.getKey()));
  }

  /** Nothing stands against it. */
  Disposition begin(String decision, Action.Move move, Instant now) {
    Map.Entry<NodeId, AgentRegistry.Sighting> place =
        pad.agents().process(move.instance()).orElseThrow();
    Instance instance = pad.cluster().reported(move.instance()).orElseThrow();
    InstanceRecord record =
        pad.registry()
            .findOrAwake(move.instance(), instance.workloadClass(), now)
            .ownedBy(place.getValue().status().getOwnerUid());
    pad.registry().write(record);
    String image = pad.seams().generations().get().toString();
    Intents.Place process =
        new Intents.Place(Optional.of(place.getKey()), image, place.getValue().life());
    Intents.Journey journey = new Intents.Journey(move.to(), draft(instance, move.to()));
    pad.executor().begin(pad.intents().move(decision, record, process, journey, now), now);
    return Disposition.CARRIED_OUT;
  }

  /** Names the draft that goes ahead; empty where none is worth it, or would be of use there. */
  private String draft(Instance instance, NodeId to) {
    boolean kept =
        pad.agents().atSchedulerNode(to).filter(pad.agents().reach()::keepsCopiesAt).isPresent();
    return kept && pad.cluster().effective(instance).residentBytes() >= DRAFT_BYTES_MIN
        ? pad.seams().generations().get().toString()
        : "";
  }

  private Optional<Disposition> unfit(
      Optional<InstanceRecord> record, Map.Entry<NodeId, AgentRegistry.Sighting> place) {
    NodeId source = place.getKey();
    HibernationLevel level = record.map(InstanceRecord::level).orElse(HibernationLevel.AWAKE);
    if (level != HibernationLevel.AWAKE) {
      return not("it is at another level (%s)".formatted(level));
    }
    if (!pad.agents().reach().at(source).contains(HibernationLevel.L3_FULL_SNAPSHOT)) {
      return not("its agent takes no images");
    }
    Optional<String> noImage = place.getValue().noImage();
    if (noImage.isPresent()) {
      return not(noImage.get());
    }
    return pad.noImage(source, record);
  }

  private Optional<Disposition> unfit(NodeId to, NodeId source) {
    Optional<NodeId> target = pad.agents().atSchedulerNode(to);
    if (target.filter(pad.agents()::isReady).isEmpty()) {
      return not("no agent that follows this leader is at %s".formatted(to));
    }
    if (target.get().equals(source)) {
      return not("it is at %s already".formatted(to));
    }
    if (!pad.agents().reach().restoresAt(target.get())) {
      return not("the agent at %s can't restore".formatted(to));
    }
    if (pad.agents().reach().verdict(source, target.get()) instanceof RestoreVerdict.No no) {
      return not("it can't be restored at %s: %s".formatted(to, no.text()));
    }
    return pad.fullAt(target.get(), to.toString());
  }

  private static Optional<Disposition> not(String why) {
    return Optional.of(Disposition.not(why));
  }
}
