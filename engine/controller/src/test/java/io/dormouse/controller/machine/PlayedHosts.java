package io.dormouse.controller.machine;

import io.dormouse.checkpoint.agentapi.proto.Abilities;
import io.dormouse.checkpoint.agentapi.proto.AnnounceReply;
import io.dormouse.checkpoint.agentapi.proto.Host;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.InstanceStatus;
import io.dormouse.engine.model.NodeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What agents hold and tell of their hosts. */
final class PlayedHosts {
  private final Map<NodeId, List<InstanceStatus>> held = new HashMap<>();

  /** Where hosts differ. */
  final Map<NodeId, Host> hosts = new HashMap<>();

  /** Those with fast storage. */
  final Set<NodeId> keepingCopies = new HashSet<>();

  /** Of all that is held. */
  long residentBytes;

  /** Whose all is that is held. */
  long owner;

  void hold(NodeId node, String instance, InstanceState state) {
    held.computeIfAbsent(node, key -> new ArrayList<>())
        .add(
            InstanceStatus.newBuilder()
                .setInstance(instance)
                .setGeneration("life")
                .setState(state)
                .setResidentBytes(residentBytes)
                .setOwnerUid(owner)
                .build());
  }

  List<InstanceStatus> held(NodeId node) {
    return held.getOrDefault(node, List.of());
  }

  /** An agent follows. */
  AnnounceReply reply(NodeId node) {
    Host host = hosts.getOrDefault(node, Host.getDefaultInstance());
    Abilities abilities =
        Abilities.newBuilder()
            .setFreeze(true)
            .setImage(true)
            .setLazy(keepingCopies.contains(node))
            .setHost(host)
            .build();
    return AnnounceReply.newBuilder()
        .setAccepted(true)
        .setAbilities(abilities)
        .addSchedulerNodes("host-" + node.value())
        .addAllInstances(held(node))
        .build();
  }
}
