package io.dormouse.controller.simulation;

import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.InstanceStatus;
import java.util.Optional;

/** What an agent keeps of an instance. */
final class SimInstance {
  final String id;
  InstanceState state = InstanceState.RUNNING;
  Optional<Processes.Life> life = Optional.empty();
  Optional<String> dumping = Optional.empty();
  Optional<String> dumped = Optional.empty();

  /** Whether it was restored from a copy on fast storage, and can't be completed. */
  boolean pagesLost;

  Optional<String> evicted = Optional.empty();
  Optional<SimStore.Image> claimed = Optional.empty();
  long leaseEnd;

  /** What its agent learned from its last dump. */
  String noImage = "";

  SimInstance(String id) {
    this.id = id;
  }

  boolean living() {
    return state != InstanceState.ENDED && state != InstanceState.RELEASED;
  }

  boolean frozen() {
    return state == InstanceState.FROZEN || state == InstanceState.RESTORED_FROZEN;
  }

  String generation() {
    return life.map(known -> known.generation).orElse("");
  }

  InstanceStatus status() {
    return InstanceStatus.newBuilder()
        .setInstance(id)
        .setGeneration(generation())
        .setState(state)
        .setOwnerUid(65_534)
        .setResidentBytes(1 << 28)
        .setNoImage(noImage)
        .setEvictedBytes(evicted.isPresent() ? 1 << 24 : 0)
        .build();
  }
}
