package io.dormouse.controller.simulation;

import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.spi.SchedulerCommand;
import io.dormouse.engine.spi.SchedulerEvent;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The second places of workers that move. */
final class SimMoves {
  private final World world;
  private final SimScheduler scheduler;
  private final Map<String, SimAgent> agents;

  SimMoves(World world, SimScheduler scheduler, Map<String, SimAgent> agents) {
    this.world = world;
    this.scheduler = scheduler;
    this.agents = agents;
  }

  SchedulerEvent carryOut(SimWorker worker, SchedulerCommand command) {
    if (command instanceof SchedulerCommand.Reserve reserve) {
      return reserve(worker, reserve);
    }
    if (command instanceof SchedulerCommand.Redirect) {
      return redirect(worker, command);
    }
    unreserve(worker);
    return new SchedulerEvent.CommandDone(command.requestId());
  }

  private SchedulerEvent reserve(SimWorker worker, SchedulerCommand.Reserve command) {
    boolean runs =
        switch (worker.phase) {
          case IDLE, BUSY -> true;
          default -> false;
        };
    boolean fit = runs && worker.node.isPresent();
    if (!fit || (!world.calm() && world.chance(0.1))) {
      return new SchedulerEvent.CommandRefused(command.requestId(), fit ? "no room" : "not fit");
    }
    worker.reservation++;
    int reservation = worker.reservation;
    String node = command.node().value();
    world.after(world.between(200, 3_000), () -> attach(worker, node, reservation));
    return new SchedulerEvent.CommandDone(command.requestId());
  }

  private void attach(SimWorker worker, String node, int reservation) {
    boolean wanted =
        worker.reservation == reservation
            && worker.second.isEmpty()
            && scheduler.workers().contains(worker);
    if (!wanted) {
      return;
    }
    if (agent(node).attach(worker.id.value())) {
      worker.second = Optional.of(node);
    } else {
      world.after(500, () -> attach(worker, node, reservation));
    }
  }

  private SchedulerEvent redirect(SimWorker worker, SchedulerCommand command) {
    if (worker.second.isEmpty()) {
      return new SchedulerEvent.CommandRefused(command.requestId(), "it has no second place");
    }
    Optional<String> first = worker.node;
    worker.node = worker.second;
    worker.second = Optional.empty();
    worker.reservation++;
    first.ifPresent(node -> agent(node).launcherGone(worker.id.value()));
    scheduler.free(worker);
    return new SchedulerEvent.CommandDone(command.requestId());
  }

  /** Gives the second place back. */
  void unreserve(SimWorker worker) {
    Optional<String> second = worker.second;
    worker.second = Optional.empty();
    worker.reservation++;
    second.ifPresent(node -> agent(node).launcherGone(worker.id.value()));
  }

  /** Gives all places back. */
  void release(SimWorker worker) {
    unreserve(worker);
    Optional<String> node = worker.node;
    worker.node = Optional.empty();
    worker.placement++;
    scheduler.become(worker, InstancePhase.HIBERNATED);
    node.ifPresent(at -> agent(at).launcherGone(worker.id.value()));
  }

  /** A launcher dies: its agent ends what it held. */
  void killLauncher(SimWorker worker) {
    boolean other = worker.second.isPresent() && world.chance(0.5);
    Optional<String> place = other ? worker.second : worker.node;
    place.ifPresent(node -> agent(node).launcherGone(worker.id.value()));
  }

  /** All launchers at a node die. */
  void killLaunchersAt(String node) {
    List.copyOf(scheduler.workers()).stream()
        .filter(
            worker ->
                worker.node.equals(Optional.of(node)) || worker.second.equals(Optional.of(node)))
        .forEach(worker -> agent(node).launcherGone(worker.id.value()));
  }

  private SimAgent agent(String node) {
    return Optional.ofNullable(agents.get(node)).orElseThrow();
  }
}
