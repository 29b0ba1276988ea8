package io.dormouse.controller.simulation;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import java.util.Optional;

/** What an agent does to its instances and to the store. */
final class SimWork {
  private static final long REFILL_RETRY_MILLIS = 1_000;
  static final AgentResult UNKNOWN = SimResults.failed(FailureCode.UNKNOWN_INSTANCE, "unknown");
  static final AgentResult WRONG = SimResults.failed(FailureCode.WRONG_STATE, "wrong state");

  private final SimAgent agent;
  final World world;
  final Processes processes;
  final SimStore store;
  final Faults faults;
  private final SimImages images;
  private final SimEvictions evictions;
  private final SimRestores restores;
  private final SimCopies copies;
  private final SimDrafts drafts;

  SimWork(SimAgent agent, World world, Processes processes, SimStore store, Faults faults) {
    this.agent = agent;
    this.world = world;
    this.processes = processes;
    this.store = store;
    this.faults = faults;
    this.evictions = new SimEvictions(this, agent, world, store);
    this.copies = new SimCopies(world, store);
    this.images = new SimImages(agent, store, copies);
    this.drafts = new SimDrafts(this, world, store);
    this.restores = new SimRestores(this, agent, copies);
  }

  String instanceOf(AgentCommand command) {
    return switch (command.getCommandCase()) {
      case FREEZE -> command.getFreeze().getInstance();
      case THAW -> command.getThaw().getInstance();
      case DUMP -> command.getDump().getInstance();
      case EVICT_DATA -> command.getEvictData().getInstance();
      case DRAFT_IMAGE -> command.getDraftImage().getInstance();
      case CACHE_IMAGE -> command.getCacheImage().getInstance();
      case UNCACHE_IMAGE -> command.getUncacheImage().getInstance();
      case RESTORE_FROZEN -> command.getRestoreFrozen().getInstance();
      case RELEASE -> command.getRelease().getInstance();
      case DISCARD_IMAGE -> command.getDiscardImage().getInstance();
      case HAND_OVER_IMAGE -> command.getHandOverImage().getInstance();
      case PULL_IMAGE -> command.getPullImage().getInstance();
      case TAKE_BACK_IMAGE -> command.getTakeBackImage().getInstance();
      case TERMINATE -> command.getTerminate().getInstance();
      case RENEW_LEASES -> "*";
      case COMMAND_NOT_SET -> throw new IllegalArgumentException("An empty command.");
    };
  }

  long duration(AgentCommand command) {
    return switch (command.getCommandCase()) {
      case DUMP -> world.between(200, 3_000);
      case DRAFT_IMAGE, EVICT_DATA, RESTORE_FROZEN, PULL_IMAGE, CACHE_IMAGE ->
          world.between(100, 2_000);
      default -> world.between(1, 30);
    };
  }

  /** What happens as the command begins; a refusal ends it there. */
  Optional<AgentResult> begin(AgentCommand command) {
    boolean imaged =
        switch (command.getCommandCase()) {
          case DUMP, DRAFT_IMAGE, RESTORE_FROZEN, EVICT_DATA -> true;
          default -> false;
        };
    boolean cached = command.hasCacheImage() && !agent.abilities.getLazy();
    if (cached || (!agent.abilities.getImage() && imaged)) {
      throw new PromiseBroken(
          "%s got %s, which it can't do".formatted(agent.node, command.getRequestId()));
    }
    if (command.hasEvictData()) {
      return evictions.begin(command.getEvictData());
    }
    if (command.hasDraftImage()) {
      return drafts.begin(command.getDraftImage());
    }
    if (!command.hasDump()) {
      return Optional.empty();
    }
    Optional<SimInstance> found = living(command.getDump().getInstance());
    if (found.isEmpty()) {
      return Optional.of(UNKNOWN);
    }
    SimInstance instance = found.get();
    boolean stoppable =
        instance.state == InstanceState.RUNNING || instance.state == InstanceState.FROZEN;
    if (!stoppable) {
      return Optional.of(WRONG);
    }
    Optional<AgentResult> holes = evictions.refill(instance);
    if (holes.isPresent()) {
      return holes;
    }
    instance.dumped.ifPresent(store::delete);
    instance.dumped = Optional.empty();
    instance.dumping = Optional.of(command.getDump().getGeneration());
    freeze(instance, command.getDump().getLeaseMillis());
    return Optional.empty();
  }

  AgentResult finish(AgentCommand command) {
    return switch (command.getCommandCase()) {
      case FREEZE -> freeze(command);
      case THAW -> thaw(command.getThaw().getInstance());
      case DUMP -> dump(command);
      case EVICT_DATA -> evictions.finish(command.getEvictData());
      case DRAFT_IMAGE -> drafts.finish(command.getDraftImage());
      case RESTORE_FROZEN -> restores.restore(command);
      case CACHE_IMAGE -> copies.keep(command.getCacheImage());
      case UNCACHE_IMAGE -> copies.drop(command.getUncacheImage());
      case RELEASE -> release(command);
      case RENEW_LEASES -> renew(command);
      case DISCARD_IMAGE -> discard(command);
      case HAND_OVER_IMAGE -> images.handOver(command);
      case PULL_IMAGE -> images.pull(command.getPullImage());
      case TAKE_BACK_IMAGE -> images.takeBack(command);
      case TERMINATE -> terminate(command.getTerminate().getInstance());
      case COMMAND_NOT_SET -> throw new IllegalArgumentException("An empty command.");
    };
  }

  void start(SimInstance instance, String generation) {
    Processes.Life life =
        processes.begin(instance.id, generation, agent.node, processes.counter(instance.id));
    instance.life = Optional.of(life);
    processes.run(life);
  }

  /** Ends a living instance; an image that it was restored from and never ran is given back. */
  void end(SimInstance instance, InstanceState state) {
    instance.life.ifPresent(processes::end);
    instance.state = state;
    instance.claimed.ifPresent(image -> image.claimant = Optional.empty());
    instance.claimed = Optional.empty();
    instance.evicted.ifPresent(store::delete);
    instance.evicted = Optional.empty();
    agent.changed(instance);
  }

  /** Whether it ended what the lease was for: without its data an instance stays frozen. */
  boolean leaseEnds(SimInstance instance) {
    if (instance.state == InstanceState.RESTORED_FROZEN) {
      end(instance, InstanceState.ENDED);
    } else if (evictions.refill(instance).isPresent()) {
      instance.leaseEnd = world.nowMillis() + REFILL_RETRY_MILLIS;
      return false;
    } else {
      runOn(instance);
    }
    return true;
  }

  /** A dump or restore that was cut short is void. */
  void recover(SimInstance instance) {
    instance.dumping.ifPresent(store::delete);
    instance.dumping = Optional.empty();
  }

  Optional<SimInstance> living(String id) {
    return Optional.ofNullable(agent.instances().get(id)).filter(SimInstance::living);
  }

  void freeze(SimInstance instance, long leaseMillis) {
    instance.life.ifPresent(processes::stop);
    instance.state = InstanceState.FROZEN;
    instance.leaseEnd = world.nowMillis() + leaseMillis;
  }

  void runOn(SimInstance instance) {
    if (instance.evicted.isPresent()) {
      throw new PromiseBroken(instance.id + " runs without its data at " + agent.node);
    }
    instance.dumped.ifPresent(store::delete);
    instance.dumped = Optional.empty();
    instance.claimed = Optional.empty();
    instance.state = InstanceState.RUNNING;
    instance.life.ifPresent(processes::run);
    agent.changed(instance);
  }

  private AgentResult freeze(AgentCommand command) {
    Optional<SimInstance> found = living(command.getFreeze().getInstance());
    if (found.isEmpty()) {
      return UNKNOWN;
    }
    SimInstance instance = found.get();
    if (instance.state != InstanceState.RUNNING && instance.state != InstanceState.FROZEN) {
      return WRONG;
    }
    freeze(instance, command.getFreeze().getLeaseMillis());
    agent.changed(instance);
    return SimResults.done(instance);
  }

  private AgentResult thaw(String id) {
    Optional<SimInstance> found = living(id);
    if (found.isEmpty()) {
      return UNKNOWN;
    }
    SimInstance instance = found.get();
    if (instance.state == InstanceState.ATTACHED) {
      return WRONG;
    }
    Optional<AgentResult> holes = evictions.refill(instance);
    if (holes.isPresent()) {
      return holes.get();
    }
    if (instance.state == InstanceState.RESTORED_FROZEN && instance.pagesLost) {
      end(instance, InstanceState.ENDED);
      return SimResults.failed(FailureCode.INTERNAL, "pages of its memory are lost");
    }
    if (instance.frozen()) {
      runOn(instance);
    }
    return SimResults.done(instance);
  }

  private AgentResult dump(AgentCommand command) {
    String generation = command.getDump().getGeneration();
    Optional<SimInstance> found = living(command.getDump().getInstance());
    if (found.isEmpty() || found.get().life.isEmpty()) {
      return SimResults.failed(FailureCode.DUMP_FAILED, "it ended during its dump");
    }
    SimInstance instance = found.get();
    instance.dumping = Optional.empty();
    if (!world.calm() && world.chance(0.08)) {
      runOn(instance);
      FailureCode code = world.chance(0.5) ? FailureCode.DUMP_FAILED : FailureCode.STORE_FAILED;
      if (code == FailureCode.DUMP_FAILED) {
        noImageForAWhile(instance);
      }
      return SimResults.failed(code, "the dump failed");
    }
    boolean corrupt = !world.calm() && world.chance(0.02);
    long counter = instance.life.get().counter;
    store.publish(SimStore.Image.of(instance.id, generation, counter, corrupt));
    instance.dumped = Optional.of(generation);
    instance.leaseEnd = world.nowMillis() + command.getDump().getLeaseMillis();
    agent.changed(instance);
    return SimResults.done(instance);
  }

  private void noImageForAWhile(SimInstance instance) {
    instance.noImage = "a dump of its kind failed";
    agent.changed(instance);
    world.after(world.between(1_000, 8_000), () -> instance.noImage = "");
  }

  private AgentResult release(AgentCommand command) {
    SimInstance instance = agent.instances().get(command.getRelease().getInstance());
    if (instance == null) {
      return UNKNOWN;
    }
    if (!instance.dumped.equals(Optional.of(command.getRelease().getGeneration()))) {
      return WRONG;
    }
    if (!faults.releaseEnds()) {
      instance.dumped = Optional.empty();
      runOn(instance);
      return SimResults.done(instance);
    }
    if (instance.living()) {
      end(instance, InstanceState.RELEASED);
    }
    return SimResults.done(instance);
  }

  private AgentResult renew(AgentCommand command) {
    long until = world.nowMillis() + command.getRenewLeases().getLeaseMillis();
    for (String id : command.getRenewLeases().getInstancesList()) {
      living(id).filter(SimInstance::frozen).ifPresent(instance -> instance.leaseEnd = until);
    }
    return AgentResult.newBuilder().setDone(Done.getDefaultInstance()).build();
  }

  private AgentResult discard(AgentCommand command) {
    String generation = command.getDiscardImage().getGeneration();
    boolean needed =
        living(command.getDiscardImage().getInstance())
            .filter(
                instance ->
                    instance.evicted.equals(Optional.of(generation))
                        || instance
                            .claimed
                            .filter(image -> image.generation.equals(generation))
                            .isPresent())
            .isPresent();
    if (needed) {
      return WRONG;
    }
    store.delete(generation);
    return AgentResult.newBuilder().setDone(Done.getDefaultInstance()).build();
  }

  private AgentResult terminate(String id) {
    Optional<SimInstance> found = living(id);
    if (found.isEmpty()) {
      return UNKNOWN;
    }
    end(found.get(), InstanceState.ENDED);
    return SimResults.done(found.get());
  }
}
