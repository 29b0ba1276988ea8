package io.dormouse.controller.simulation;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.DraftImage;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import java.util.Optional;

/** Images of instances that stand still for them, and run on: nobody may wake one. */
final class SimDrafts {
  private final SimWork work;
  private final World world;
  private final SimStore store;

  SimDrafts(SimWork work, World world, SimStore store) {
    this.work = work;
    this.world = world;
    this.store = store;
  }

  Optional<AgentResult> begin(DraftImage command) {
    Optional<SimInstance> found = work.living(command.getInstance());
    if (found.isEmpty()) {
      return Optional.of(SimWork.UNKNOWN);
    }
    if (found.get().state != InstanceState.RUNNING) {
      return Optional.of(SimWork.WRONG);
    }
    work.freeze(found.get(), command.getLeaseMillis());
    return Optional.empty();
  }

  AgentResult finish(DraftImage command) {
    Optional<SimInstance> found = work.living(command.getInstance());
    if (found.isEmpty() || found.get().life.isEmpty()) {
      return SimWork.UNKNOWN;
    }
    SimInstance instance = found.get();
    long counter = instance.life.get().counter;
    work.runOn(instance);
    if (!world.calm() && world.chance(0.1)) {
      return SimResults.failed(FailureCode.DUMP_FAILED, "the draft failed");
    }
    store.publish(SimStore.Image.draft(instance.id, command.getGeneration(), counter));
    return SimResults.done(instance);
  }
}
