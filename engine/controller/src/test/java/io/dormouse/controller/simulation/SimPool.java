package io.dormouse.controller.simulation;

import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.engine.model.InstancePhase;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What the application does by itself while no controller is in charge. */
final class SimPool {
  private static final long RECLAIM_AFTER_MILLIS = 5_000;

  private final World world;
  private final SimScheduler scheduler;
  private final Map<String, SimAgent> agents;
  private final Faults faults;
  private long chargedUntil;
  private long servedAt;

  SimPool(World world, SimScheduler scheduler, Map<String, SimAgent> agents, Faults faults) {
    this.world = world;
    this.scheduler = scheduler;
    this.agents = agents;
    this.faults = faults;
    world.after(100, this::step);
  }

  void charge(Duration lease) {
    chargedUntil = world.nowMillis() + lease.toMillis();
  }

  /** A worker got a task. */
  void served() {
    servedAt = world.nowMillis();
  }

  /** How long tasks have waited without any being served while no controller was in charge. */
  long neglectedMillis() {
    return world.nowMillis() - servedAt;
  }

  private void step() {
    boolean charged = world.nowMillis() < chargedUntil;
    scheduler.workers().stream()
        .filter(worker -> worker.reclaimed && runs(worker))
        .toList()
        .forEach(scheduler::free);
    if (charged || scheduler.queued() == 0) {
      servedAt = world.nowMillis();
    }
    if (!charged && faults.chargesEnd()) {
      decide();
    }
    world.after(100, this::step);
  }

  private void decide() {
    List<SimWorker> workers = List.copyOf(scheduler.workers());
    long limit = world.nowMillis() - RECLAIM_AFTER_MILLIS;
    for (SimWorker worker : workers) {
      if (worker.phase == InstancePhase.HIBERNATING && worker.sinceMillis <= limit) {
        scheduler.reclaim(worker);
      }
    }
    boolean coming = workers.stream().anyMatch(worker -> isComing(worker, limit));
    if (scheduler.queued() > 0 && !coming) {
      scheduler.start();
    }
  }

  private boolean runs(SimWorker worker) {
    return worker
        .node
        .map(agents::get)
        .map(agent -> agent.instances().get(worker.id.value()))
        .filter(instance -> instance.state == InstanceState.RUNNING)
        .isPresent();
  }

  private static boolean isComing(SimWorker worker, long limit) {
    return switch (worker.phase) {
      case STARTING -> true;
      case BUSY -> worker.sinceMillis > limit;
      case WAKING -> worker.reclaimed && worker.sinceMillis > limit;
      default -> false;
    };
  }
}
