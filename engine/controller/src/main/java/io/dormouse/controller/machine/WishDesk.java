package io.dormouse.controller.machine;

import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.Node;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.plan.Ruling;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Does what operators want done by hand: looks for a node where none is named, has the engine rule
 * on it, and has it carried out as any decision. Owned by the state machine.
 */
final class WishDesk {
  /** Nodes that the engine is asked about, those with the most free memory first. */
  private static final int RULINGS_MAX = 8;

  private static final int REASONS_MAX = 5;

  private static final Comparator<Node> MOST_MEMORY_FIRST =
      Comparator.<Node>comparingLong(
              node -> node.allocated().memoryBytes() - node.capacity().memoryBytes())
          .thenComparing(node -> node.id().value());

  private final AgentRegistry agents;
  private final ClusterOverlay cluster;
  private final Launches launches;
  private final DecisionDesk decisions;

  WishDesk(
      AgentRegistry agents, ClusterOverlay cluster, Launches launches, DecisionDesk decisions) {
    this.agents = agents;
    this.cluster = cluster;
    this.launches = launches;
    this.decisions = decisions;
  }

  /** Begins a move, or says why not. The engine knows the cluster as it is now. */
  WishAnswer move(MoveWish wish, DecisionDesk.Lead lead, Instant now) {
    Optional<Instance> instance = cluster.reported(wish.instance());
    if (instance.isEmpty()) {
      return new WishAnswer.Unknown("There is no instance (%s).".formatted(wish.instance()));
    }
    List<Node> nodes = nodes(wish, instance.get());
    if (wish.to().isPresent() && nodes.isEmpty()) {
      return new WishAnswer.Unknown("There is no node (%s).".formatted(wish.to().get()));
    }
    Optional<Disposition> obstacle =
        lead.mode() == Mode.OBSERVE
            ? Optional.of(Disposition.not("the controller only observes"))
            : launches.obstacleToMove(wish.instance(), now);
    return obstacle.isPresent()
        ? new WishAnswer.Refused(obstacle.get().words())
        : choose(wish, nodes, lead, now);
  }

  /** Those it may go to: all but its own, or the one that is named. */
  private List<Node> nodes(MoveWish wish, Instance instance) {
    return cluster.nodes().stream()
        .filter(
            node ->
                wish.to().isPresent()
                    ? isCalled(node.id(), wish.to().get())
                    : !instance.node().equals(Optional.of(node.id())))
        .sorted(MOST_MEMORY_FIRST)
        .toList();
  }

  private boolean isCalled(NodeId node, NodeId name) {
    return node.equals(name) || agents.atSchedulerNode(node).equals(Optional.of(name));
  }

  private WishAnswer choose(MoveWish wish, List<Node> nodes, DecisionDesk.Lead lead, Instant now) {
    List<String> against = new ArrayList<>();
    int rulings = 0;
    for (Node node : nodes) {
      Action.Move move = new Action.Move(wish.instance(), node.id());
      Optional<Disposition> obstacle = launches.obstacleToMove(move);
      if (obstacle.isPresent()) {
        against.add(obstacle.get().words());
      } else if (rulings++ < RULINGS_MAX) {
        Ruling ruling = decisions.rule(move, wish.reason());
        if (ruling instanceof Ruling.Granted granted) {
          return begin(wish, move, granted.decision(), lead, now);
        } else if (ruling instanceof Ruling.Refused refused) {
          against.add(refused.reason());
        }
      }
    }
    String reasons =
        nodes.isEmpty() ? "there is no other node" : String.join("; ", shortened(against));
    return new WishAnswer.Refused(reasons);
  }

  private static List<String> shortened(List<String> reasons) {
    List<String> different = reasons.stream().distinct().toList();
    if (different.size() <= REASONS_MAX) {
      return different;
    }
    List<String> first = new ArrayList<>(different.subList(0, REASONS_MAX));
    first.add("and %d more".formatted(different.size() - REASONS_MAX));
    return first;
  }

  private WishAnswer begin(
      MoveWish wish,
      Action.Move move,
      DecisionRecord granted,
      DecisionDesk.Lead lead,
      Instant now) {
    if (wish.dryRun()) {
      return new WishAnswer.Begun(Optional.empty(), move.to());
    }
    DecisionRecord decision = DecisionLog.unique(granted, lead.epoch());
    Disposition disposition = decisions.carryOut(decision, lead.mode(), now);
    return disposition instanceof Disposition.CarriedOut
        ? new WishAnswer.Begun(Optional.of(decision.id()), move.to())
        : new WishAnswer.Refused(disposition.words());
  }
}
