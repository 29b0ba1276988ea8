package io.dormouse.controller.simulation;

import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.EvictData;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import java.util.Optional;

/** What an agent does to the data of its instances. */
final class SimEvictions {
  private final SimWork work;
  private final SimAgent agent;
  private final World world;
  private final SimStore store;

  SimEvictions(SimWork work, SimAgent agent, World world, SimStore store) {
    this.work = work;
    this.agent = agent;
    this.world = world;
    this.store = store;
  }

  /** Freezes what is to be evicted, unless it is; a refusal ends the command there. */
  Optional<AgentResult> begin(EvictData command) {
    Optional<SimInstance> found = work.living(command.getInstance());
    if (found.isEmpty()) {
      return Optional.of(SimWork.UNKNOWN);
    }
    SimInstance instance = found.get();
    boolean running = instance.state == InstanceState.RUNNING;
    if ((!running && instance.state != InstanceState.FROZEN) || instance.dumped.isPresent()) {
      return Optional.of(SimWork.WRONG);
    }
    if (!world.calm() && world.chance(0.1)) {
      // As it was: running or frozen.
      return Optional.of(SimResults.failed(FailureCode.NOTHING_TO_EVICT, "nothing large"));
    }
    if (instance.evicted.isEmpty()) {
      instance.dumping = Optional.of(command.getGeneration());
    }
    work.freeze(instance, command.getLeaseMillis());
    return Optional.empty();
  }

  AgentResult finish(EvictData command) {
    Optional<SimInstance> found = work.living(command.getInstance());
    if (found.isEmpty() || found.get().life.isEmpty()) {
      return SimWork.UNKNOWN;
    }
    SimInstance instance = found.get();
    instance.dumping = Optional.empty();
    instance.leaseEnd = world.nowMillis() + command.getLeaseMillis();
    if (instance.evicted.isEmpty()) {
      boolean corrupt = !world.calm() && world.chance(0.02);
      long counter = instance.life.get().counter;
      store.publish(SimStore.Image.of(instance.id, command.getGeneration(), counter, corrupt));
      instance.evicted = Optional.of(command.getGeneration());
    }
    agent.changed(instance);
    return SimResults.done(instance);
  }

  /** Brings data back; a failure if that is not possible now. */
  Optional<AgentResult> refill(SimInstance instance) {
    if (instance.evicted.isEmpty()) {
      return Optional.empty();
    }
    Optional<SimStore.Image> image = store.find(instance.evicted.get());
    if (image.isEmpty()) {
      throw new PromiseBroken(instance.id + " lost its data: the image was discarded");
    }
    if (image.get().corrupt) {
      return Optional.of(SimResults.failed(FailureCode.IMAGE_CORRUPT, "a sum differs"));
    }
    if (!world.calm() && world.chance(0.1)) {
      return Optional.of(SimResults.failed(FailureCode.STORE_FAILED, "the store is away"));
    }
    store.delete(instance.evicted.get());
    instance.evicted = Optional.empty();
    return Optional.empty();
  }
}
