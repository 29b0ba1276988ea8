package io.dormouse.controller.machine;

import com.google.common.collect.ImmutableList;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.controller.machine.Coordination.Change;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Where services are: registered durably, under the guard of this leadership, and only then told to
 * what leads their traffic. A service keeps its place until its instance runs elsewhere: of one
 * that moves, that is once its source is over, before the copy is thawed, so that what comes in
 * between waits there.
 */
final class Placements {
  private final Seams seams;
  private final AgentRegistry agents;
  private final Registry registry;
  private final Map<String, Placement> known = new TreeMap<>();
  private OptionalLong ticket = OptionalLong.empty();

  Placements(Seams seams, AgentRegistry agents, Registry registry) {
    this.seams = seams;
    this.agents = agents;
    this.registry = registry;
  }

  /** Writes what has changed. */
  void tick() {
    List<Change> changes = new ArrayList<>();
    for (Service service : seams.traffic().services()) {
      Optional<Placement> place = place(service);
      if (place.isPresent() && !place.get().equals(known.get(service.name()))) {
        known.put(service.name(), place.get());
        changes.add(new Change.PutPlacement(place.get()));
      }
    }
    if (!changes.isEmpty()) {
      ticket = OptionalLong.of(registry.write(changes, Optional.empty()));
    }
  }

  /** A write is durable; it may be the newest one of places. */
  void written(long durable) {
    if (ticket.equals(OptionalLong.of(durable))) {
      ticket = OptionalLong.empty();
      seams.traffic().direct(ImmutableList.copyOf(known.values()));
    }
  }

  /** Another leads. */
  void clear() {
    known.clear();
    ticket = OptionalLong.empty();
    seams.traffic().stop();
  }

  private Optional<Placement> place(Service service) {
    Optional<InstanceRecord> record = registry.find(service.instance());
    if (record.isPresent() && record.get().level() != HibernationLevel.AWAKE) {
      return Optional.empty();
    }
    Optional<NodeId> node = record.flatMap(InstanceRecord::node);
    return node.isPresent()
        ? Optional.of(placement(service, node.get(), record.orElseThrow().life()))
        : agents
            .find(service.instance(), seen -> seen.state() == InstanceState.RUNNING)
            .map(seen -> placement(service, seen.getKey(), seen.getValue().life()));
  }

  private Placement placement(Service service, NodeId node, String life) {
    return new Placement(service, node, life, seams.agents().address(node).host());
  }
}
