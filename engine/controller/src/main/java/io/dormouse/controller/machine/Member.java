package io.dormouse.controller.machine;

import com.google.common.collect.ImmutableSet;
import io.dormouse.checkpoint.agentapi.proto.NodeUsage;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.TreeSet;

/** One agent, and what it said of its node. Owned by the state machine. */
final class Member {
  final NodeId node;
  final TreeSet<InstanceId> instances = new TreeSet<>();
  boolean connected;
  boolean acknowledged;
  Optional<Instant> announcedAt = Optional.empty();
  Optional<Instant> telemetryAt = Optional.empty();
  Optional<Instant> lastSign = Optional.empty();
  ImmutableSet<String> schedulerNodes = ImmutableSet.of();
  Optional<NodeUsage> usage = Optional.empty();

  Member(NodeId node) {
    this.node = node;
  }

  NodeId node() {
    return node;
  }

  boolean connected() {
    return connected;
  }

  boolean acknowledged() {
    return acknowledged;
  }

  /** A node as its scheduler calls it: agents are told yarn=host:port. */
  static NodeId plain(String name) {
    return new NodeId(name.substring(name.indexOf('=') + 1));
  }

  /** As its scheduler calls its node, or this cell does where that one has told no name. */
  NodeId name() {
    return schedulerNodes.stream().sorted().findFirst().map(Member::plain).orElse(node);
  }

  /** Whether its scheduler calls its node that. */
  boolean isCalled(NodeId name) {
    return schedulerNodes.stream().map(Member::plain).anyMatch(name::equals);
  }

  ImmutableSet<String> schedulerNodes() {
    return schedulerNodes;
  }

  Collection<InstanceId> instances() {
    return instances;
  }

  /** Of the node, as it was last told; nothing while nobody tells. */
  Optional<NodeUsage> usage() {
    return usage;
  }

  /** Whether an announcement is due. */
  boolean toBeAnnounced(Instant now, Duration resend) {
    return !acknowledged && announcedAt.map(sent -> !sent.plus(resend).isAfter(now)).orElse(true);
  }

  void announcing(Instant now) {
    announcedAt = Optional.of(now);
  }

  void acknowledge() {
    acknowledged = true;
  }

  void unacknowledged() {
    acknowledged = false;
    announcedAt = Optional.empty();
  }

  void broken(Instant now) {
    connected = false;
    usage = Optional.empty();
    lastSign = Optional.of(now);
    unacknowledged();
  }
}
