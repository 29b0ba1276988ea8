package io.dormouse.controller.simulation;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import java.util.Optional;

/** Who may wake which image of the store. */
final class SimImages {
  private final String node;
  private final SimStore store;

  SimImages(String node, SimStore store) {
    this.node = node;
    this.store = store;
  }

  /** Shows the instance as it is now: to wake it later would be to go back in time. */
  AgentResult draft(SimInstance instance, AgentCommand command, World world) {
    if (instance.state != InstanceState.RUNNING || instance.life.isEmpty()) {
      return SimWork.WRONG;
    }
    if (!world.calm() && world.chance(0.1)) {
      return SimResults.failed(FailureCode.DUMP_FAILED, "the draft failed");
    }
    String generation = command.getDraftImage().getGeneration();
    long counter = instance.life.get().counter;
    store.publish(new SimStore.Image(instance.id, generation, counter, false));
    return AgentResult.newBuilder().setDone(Done.getDefaultInstance()).build();
  }

  AgentResult handOver(AgentCommand command) {
    String to = command.getHandOverImage().getNode();
    return claim(command.getHandOverImage().getGeneration(), to, Optional.of("moved to " + to));
  }

  /** All agents share one store: only the right to wake it comes. */
  AgentResult pull(AgentCommand command) {
    return claim(command.getPullImage().getGeneration(), node, Optional.empty());
  }

  AgentResult takeBack(AgentCommand command) {
    String generation = command.getTakeBackImage().getGeneration();
    return store.find(generation).isEmpty()
        ? AgentResult.newBuilder().setDone(Done.getDefaultInstance()).build()
        : claim(generation, command.getTakeBackImage().getNode(), Optional.empty());
  }

  private AgentResult claim(String generation, String to, Optional<String> claimant) {
    Optional<SimStore.Image> found = store.find(generation);
    if (found.isEmpty()) {
      return SimResults.failed(FailureCode.IMAGE_MISSING, "no such image");
    }
    SimStore.Image image = found.get();
    if (image.claimant.filter(held -> !held.equals("moved to " + to)).isPresent()) {
      return SimResults.failed(FailureCode.IMAGE_CLAIMED, "woken before");
    }
    image.claimant = claimant;
    return AgentResult.newBuilder().setDone(Done.getDefaultInstance()).build();
  }
}
