package io.dormouse.controller.simulation;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import java.util.Optional;

/** How an agent brings images back. */
final class SimRestores {
  private final SimWork work;
  private final SimAgent agent;
  private final SimCopies copies;

  SimRestores(SimWork work, SimAgent agent, SimCopies copies) {
    this.work = work;
    this.agent = agent;
    this.copies = copies;
  }

  AgentResult restore(AgentCommand command) {
    Optional<SimInstance> found = work.living(command.getRestoreFrozen().getInstance());
    if (found.isEmpty()) {
      return SimWork.UNKNOWN;
    }
    if (found.get().state != InstanceState.ATTACHED) {
      return SimWork.WRONG;
    }
    Optional<SimStore.Image> image = work.store.find(command.getRestoreFrozen().getGeneration());
    if (image.isEmpty()) {
      return SimResults.failed(FailureCode.IMAGE_MISSING, "no such image");
    }
    if (image.get().draft) {
      throw new PromiseBroken(image.get().instance + " should wake of a draft at " + agent.node);
    }
    if (image.get().corrupt) {
      return SimResults.failed(FailureCode.IMAGE_CORRUPT, "a sum differs");
    }
    if (image.get().claimant.isPresent() && work.faults.imagesClaimed()) {
      return SimResults.failed(FailureCode.IMAGE_CLAIMED, "woken before");
    }
    if (!work.world.calm() && work.world.chance(0.08)) {
      return SimResults.failed(FailureCode.RESTORE_FAILED, "the restore failed");
    }
    return restored(found.get(), image.get(), command);
  }

  private AgentResult restored(SimInstance instance, SimStore.Image image, AgentCommand command) {
    String generation = command.getRestoreFrozen().getNewGeneration();
    image.claimant = Optional.of(agent.node + "/" + generation);
    instance.claimed = Optional.of(image);
    instance.pagesLost = copies.failsLater(image.generation);
    instance.life =
        Optional.of(work.processes.begin(instance.id, generation, agent.node, image.counter));
    instance.state = InstanceState.RESTORED_FROZEN;
    instance.leaseEnd = work.world.nowMillis() + command.getRestoreFrozen().getLeaseMillis();
    agent.changed(instance);
    return SimResults.done(instance);
  }
}
