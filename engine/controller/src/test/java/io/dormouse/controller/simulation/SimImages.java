package io.dormouse.controller.simulation;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.PullImage;
import java.util.Optional;

/** Who may wake which image of the store. */
final class SimImages {
  private final SimAgent agent;
  private final SimStore store;
  private final SimCopies copies;

  SimImages(SimAgent agent, SimStore store, SimCopies copies) {
    this.agent = agent;
    this.store = store;
    this.copies = copies;
  }

  AgentResult handOver(AgentCommand command) {
    String to = command.getHandOverImage().getNode();
    return claim(command.getHandOverImage().getGeneration(), to, Optional.of("moved to " + to));
  }

  /** All agents share one store: only the right to wake it comes, and a copy where it may. */
  AgentResult pull(PullImage command) {
    AgentResult pulled = claim(command.getGeneration(), agent.node, Optional.empty());
    if (pulled.hasDone() && command.getCache() && agent.abilities.getLazy()) {
      boolean unused = copies.keepIfItFits(command.getGeneration());
    }
    return pulled;
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
