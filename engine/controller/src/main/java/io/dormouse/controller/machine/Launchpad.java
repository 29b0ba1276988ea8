package io.dormouse.controller.machine;

import io.dormouse.engine.model.NodeId;
import java.util.Optional;

/** What decisions become actions with, and what stands against all that needs an image. */
record Launchpad(
    MachineSettings settings,
    Seams seams,
    AgentRegistry agents,
    Registry registry,
    Executor executor,
    ClusterOverlay cluster,
    Intents intents) {

  /** What stands against one more image that is written or read at a node. */
  Optional<Disposition> fullAt(NodeId node, String words) {
    return executor.imageMovesAt(node) >= settings.limits().dumpsPerNode()
        ? Optional.of(Disposition.not("too many images move at " + words))
        : Optional.empty();
  }

  /** What stands against taking an image of an instance at its node. */
  Optional<Disposition> noImage(NodeId node, Optional<InstanceRecord> record) {
    boolean cluttered =
        record.filter(known -> known.garbage().size() >= InstanceRecord.MAX_GARBAGE).isPresent();
    return fullAt(node, "its node")
        .or(
            () ->
                cluttered
                    ? Optional.of(Disposition.not("too many of its images wait to be discarded"))
                    : Optional.empty());
  }
}
