package io.dormouse.controller.machine;

import com.google.common.collect.ImmutableSet;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.InstanceStatus;
import io.dormouse.checkpoint.agentapi.proto.Inventory;
import io.dormouse.checkpoint.agentapi.proto.Telemetry;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the agents said of themselves and of their instances. Owned by the state machine. */
final class AgentRegistry {
  private final TreeMap<NodeId, Member> members = new TreeMap<>(AgentRegistry::byName);
  private final TreeMap<InstanceId, TreeMap<NodeId, Sighting>> sightings = new TreeMap<>();

  private final Reach reach = new Reach();

  AgentRegistry(ImmutableSet<NodeId> agents) {
    agents.forEach(node -> members.put(node, new Member(node)));
  }

  private static int byName(NodeId one, NodeId other) {
    return one.value().compareTo(other.value());
  }

  Collection<Member> members() {
    return members.values();
  }

  Optional<Member> member(NodeId node) {
    return Optional.ofNullable(members.get(node));
  }

  /** Whether commands may be sent to it: it has acknowledged this leader. */
  boolean isReady(NodeId node) {
    Member member = members.get(node);
    return member != null && member.acknowledged;
  }

  /** The agent of a node, by the name that its scheduler or this cell has for it. */
  Optional<NodeId> atSchedulerNode(NodeId node) {
    return members.values().stream()
        .filter(member -> member.isCalled(node) || member.node.equals(node))
        .map(Member::node)
        .findFirst();
  }

  /**
   * Where an instance would best be woken, as the scheduler calls it. That is where a copy of its
   * image is on fast storage; or, once a wake failed elsewhere, where its image is, as that agent's
   * store may be its own.
   *
   * @param failed where the last attempt failed; empty at first
   */
  Optional<NodeId> near(InstanceRecord record, Optional<NodeId> failed) {
    return record
        .node()
        .filter(
            node ->
                record.level() == HibernationLevel.L4_KERNEL_SNAPSHOT
                    || (record.isImaged() && failed.filter(at -> !at.equals(node)).isPresent()))
        .flatMap(this::member)
        .filter(member -> member.acknowledged)
        .map(Member::name);
  }

  /** When an agent was last heard, or its stream broke; empty if it never was. */
  Optional<Instant> lastSign(NodeId node) {
    return member(node).flatMap(member -> member.lastSign);
  }

  /** A new leader begins, or none leads: nobody has acknowledged anything. */
  void forgetAcknowledgements() {
    members.values().forEach(Member::unacknowledged);
  }

  /**
   * All that an agent has and can.
   *
   * @return whether images can be restored by some agent since this, or by none any more
   */
  boolean inventory(NodeId node, Inventory inventory, Instant now) {
    Member member = members.get(node);
    if (member == null) {
      return false;
    }
    member.connected = true;
    member.lastSign = Optional.of(now);
    member.schedulerNodes = ImmutableSet.copyOf(inventory.getSchedulerNodesList());
    member.instances.forEach(id -> forget(id, node));
    member.instances.clear();
    inventory.getInstancesList().forEach(status -> seen(node, status, now));
    return reach.heard(node, inventory.getAbilities());
  }

  Reach reach() {
    return reach;
  }

  void seen(NodeId node, InstanceStatus status, Instant now) {
    Member member = members.get(node);
    Optional<InstanceId> id = Names.instance(status.getInstance());
    if (member == null || id.isEmpty()) {
      return;
    }
    if (status.getState() == InstanceState.ENDED || status.getState() == InstanceState.RELEASED) {
      member.instances.remove(id.get());
      forget(id.get(), node);
      return;
    }
    member.instances.add(id.get());
    SortedMap<NodeId, Sighting> places =
        sightings.computeIfAbsent(id.get(), key -> new TreeMap<>(AgentRegistry::byName));
    Sighting before = places.get(node);
    places.put(node, Sighting.after(before, status, now));
  }

  /**
   * All that an agent holds, as of some time ago. What it leaves out twice, and nothing else has
   * reported since, is gone: a late answer may have named it after its end.
   */
  void telemetry(NodeId node, Telemetry telemetry, Instant now) {
    Member member = members.get(node);
    if (member == null) {
      return;
    }
    member.usage = telemetry.hasNode() ? Optional.of(telemetry.getNode()) : Optional.empty();
    telemetry.getInstancesList().forEach(status -> seen(node, status, now));
    Instant limit = member.telemetryAt.orElse(Instant.MIN);
    List.copyOf(member.instances).stream()
        .filter(id -> sighting(id, node).map(seen -> seen.at().isBefore(limit)).orElse(true))
        .forEach(
            id -> {
              member.instances.remove(id);
              forget(id, node);
            });
    member.telemetryAt = Optional.of(now);
    member.lastSign = Optional.of(now);
  }

  void disconnected(NodeId node, Instant now) {
    member(node).ifPresent(member -> member.broken(now));
  }

  /** Instances that an agent holds. */
  Collection<InstanceId> at(NodeId node) {
    return member(node).map(Member::instances).orElse(ImmutableSet.of());
  }

  Optional<Sighting> sighting(InstanceId id, NodeId node) {
    return Optional.ofNullable(sightings.getOrDefault(id, NONE).get(node));
  }

  /**
   * The state of one life at a node; ENDED where the agent knows none, unspecified where it was not
   * heard.
   */
  InstanceState stateOf(InstanceId id, NodeId node, String life) {
    if (!member(node).map(Member::connected).orElse(false)) {
      return InstanceState.INSTANCE_STATE_UNSPECIFIED;
    }
    return sighting(id, node)
        .map(Sighting::status)
        .filter(status -> status.getGeneration().equals(life))
        .map(InstanceStatus::getState)
        .orElse(InstanceState.ENDED);
  }

  /** Where the instance is in one of the states; the first by name where at several. */
  Optional<Map.Entry<NodeId, Sighting>> find(
      InstanceId id, java.util.function.Predicate<Sighting> wanted) {
    return sightings.getOrDefault(id, NONE).entrySet().stream()
        .filter(entry -> wanted.test(entry.getValue()))
        .findFirst();
  }

  /** Where the instance's process is. */
  Optional<Map.Entry<NodeId, Sighting>> process(InstanceId id) {
    return find(
        id, seen -> seen.state() == InstanceState.RUNNING || seen.state() == InstanceState.FROZEN);
  }

  private void forget(InstanceId id, NodeId node) {
    TreeMap<NodeId, Sighting> places = sightings.get(id);
    if (places != null) {
      places.remove(node);
      if (places.isEmpty()) {
        sightings.remove(id);
      }
    }
  }

  private static final TreeMap<NodeId, Sighting> NONE = new TreeMap<>(AgentRegistry::byName);

  /**
   * An instance as an agent last reported it.
   *
   * @param since when it was first reported in this state and life
   * @param at when this was reported
   */
  record Sighting(InstanceStatus status, Instant since, Instant at) {
    static Sighting after(
        @org.jspecify.annotations.Nullable Sighting before, InstanceStatus status, Instant now) {
      Instant since =
          before != null
                  && before.status.getState() == status.getState()
                  && before.status.getGeneration().equals(status.getGeneration())
              ? before.since
              : now;
      return new Sighting(status, since, now);
    }

    InstanceState state() {
      return status.getState();
    }

    String life() {
      return status.getGeneration();
    }

    /** Why its agent can't take an image of it, as far as it learned that. */
    Optional<String> noImage() {
      return Optional.of(status.getNoImage()).filter(why -> !why.isEmpty());
    }
  }
}
