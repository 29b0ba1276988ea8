package io.dormouse.controller.simulation;

import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.QueuedTask;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClass;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerCommand;
import io.dormouse.engine.spi.SchedulerEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A scheduler with an application that keeps warm workers: containers, launchers, tasks. */
final class SimScheduler {
  static final WorkloadClassId CLASS = new WorkloadClassId("worker");

  private final World world;
  private final Map<String, SimAgent> agents;
  private final Map<String, SimWorker> workers = new TreeMap<>();
  private final Map<String, SchedulerEvent> answers = new HashMap<>();
  private final Deque<TaskId> queue = new ArrayDeque<>();
  private final Consumer<SnapshotDelta> changes;
  private final SimPool pool;
  private final SimMoves moves;
  private Epoch highest = new Epoch(0, 0);
  private int started;
  private int tasks;

  SimScheduler(
      World world, Map<String, SimAgent> agents, Faults faults, Consumer<SnapshotDelta> changes) {
    this.world = world;
    this.agents = agents;
    this.changes = changes;
    this.pool = new SimPool(world, this, agents, faults);
    this.moves = new SimMoves(world, this, agents);
  }

  Collection<SimWorker> workers() {
    return workers.values();
  }

  int queued() {
    return queue.size();
  }

  void submitTask() {
    tasks++;
    TaskId task = new TaskId("t" + tasks);
    queue.add(task);
    changes.accept(
        SnapshotDelta.builder(world.now())
            .arrival(CLASS, world.now())
            .queued(new QueuedTask(task, CLASS, world.now()))
            .build());
    assign();
  }

  SnapshotDelta complete() {
    SnapshotDelta.Builder all =
        SnapshotDelta.builder(world.now())
            .workloadClass(
                new WorkloadClass(CLASS, SimWorker.REQUEST, Optional.empty(), Optional.empty()));
    workers.values().forEach(worker -> all.instance(worker.describe(world.now())));
    queue.forEach(task -> all.queued(new QueuedTask(task, CLASS, world.now())));
    return all.build();
  }

  void execute(Epoch epoch, SchedulerCommand command, BiConsumer<String, SchedulerEvent> reply) {
    SchedulerEvent known = answers.get(command.requestId());
    if (known == null && epoch.compareTo(highest) < 0) {
      known = new SchedulerEvent.CommandRefused(command.requestId(), "an older leader");
    } else if (known == null) {
      highest = epoch;
      known = carryOut(command);
      answers.put(command.requestId(), known);
      world.note("scheduler %s -> %s".formatted(command, known));
    }
    reply.accept(command.requestId(), known);
  }

  /** A leader says how long it decides. */
  void charge(Epoch epoch, Duration lease) {
    if (epoch.compareTo(highest) >= 0) {
      highest = epoch;
      pool.charge(lease);
    }
  }

  SimMoves moves() {
    return moves;
  }

  SimPool pool() {
    return pool;
  }

  /** An agent says that what a launcher held is over. */
  void launcherEnded(String node, SimInstance instance) {
    SimWorker worker = workers.get(instance.id);
    if (worker != null && worker.second.equals(Optional.of(node))) {
      worker.second = Optional.empty();
    }
    if (worker == null || !worker.node.equals(Optional.of(node))) {
      return;
    }
    boolean attaching = worker.phase == InstancePhase.WAKING && !worker.reclaimed;
    boolean comesBack = instance.state == InstanceState.RELEASED || attaching;
    if (comesBack) {
      worker.node = Optional.empty();
      become(worker, InstancePhase.HIBERNATED);
    } else {
      end(worker, "its launcher ended");
    }
  }

  private SchedulerEvent carryOut(SchedulerCommand command) {
    if (command instanceof SchedulerCommand.Start) {
      return start(command.requestId());
    }
    SimWorker worker = workers.get(SimCommands.instanceOf(command).value());
    if (worker == null) {
      return refused(command, "unknown instance");
    }
    if (command instanceof SchedulerCommand.Quiesce) {
      return quiesce(worker, command);
    }
    if (command instanceof SchedulerCommand.Resume) {
      return resume(worker, command);
    }
    if (command instanceof SchedulerCommand.Allocate) {
      return allocate(worker, command);
    }
    if (command instanceof SchedulerCommand.Release) {
      moves.release(worker);
      return new SchedulerEvent.CommandDone(command.requestId());
    }
    if (!(command instanceof SchedulerCommand.Terminate)) {
      return moves.carryOut(worker, command);
    }
    end(worker, "terminated");
    return new SchedulerEvent.CommandDone(command.requestId());
  }

  private static SchedulerEvent refused(SchedulerCommand command, String why) {
    return new SchedulerEvent.CommandRefused(command.requestId(), why);
  }

  private SchedulerEvent quiesce(SimWorker worker, SchedulerCommand command) {
    if (worker.phase == InstancePhase.IDLE) {
      become(worker, InstancePhase.HIBERNATING);
    }
    return worker.phase == InstancePhase.HIBERNATING
        ? new SchedulerEvent.CommandDone(command.requestId())
        : refused(command, "it is " + worker.phase);
  }

  private SchedulerEvent resume(SimWorker worker, SchedulerCommand command) {
    if (worker.node.isEmpty()) {
      return refused(command, "it has no container");
    }
    if (worker.phase != InstancePhase.BUSY) {
      free(worker);
    }
    return new SchedulerEvent.CommandDone(command.requestId());
  }

  private SchedulerEvent start(String requestId) {
    if (!world.calm() && world.chance(0.1)) {
      return new SchedulerEvent.CommandRefused(requestId, "no room");
    }
    start();
    return new SchedulerEvent.CommandDone(requestId);
  }

  void start() {
    started++;
    SimWorker worker = new SimWorker(new InstanceId("w" + started));
    workers.put(worker.id.value(), worker);
    become(worker, InstancePhase.STARTING);
    String node = anyNode();
    world.after(
        world.between(500, 2_000),
        () -> {
          if (workers.get(worker.id.value()) == worker) {
            worker.node = Optional.of(node);
            agent(node).start(worker.id.value(), uuid());
            free(worker);
          }
        });
  }

  /** Takes an instance back into rotation; it serves once its process runs. */
  void reclaim(SimWorker worker) {
    worker.reclaimed = true;
    become(worker, InstancePhase.WAKING);
  }

  void free(SimWorker worker) {
    become(worker, InstancePhase.IDLE);
    assign();
  }

  private SchedulerEvent allocate(SimWorker worker, SchedulerCommand command) {
    boolean waking = worker.phase == InstancePhase.WAKING || worker.node.isPresent();
    if (waking || (!world.calm() && world.chance(0.1))) {
      return refused(command, waking ? "it has an allocation" : "no room");
    }
    become(worker, InstancePhase.WAKING);
    worker.placement++;
    int placement = worker.placement;
    String node = anyNode();
    world.after(world.between(200, 3_000), () -> attach(worker, node, placement));
    return new SchedulerEvent.CommandDone(command.requestId());
  }

  private void attach(SimWorker worker, String node, int placement) {
    boolean wanted =
        worker.phase == InstancePhase.WAKING
            && worker.placement == placement
            && workers.get(worker.id.value()) == worker;
    if (!wanted) {
      return;
    }
    if (agent(node).attach(worker.id.value())) {
      worker.node = Optional.of(node);
    } else {
      world.after(500, () -> attach(worker, node, placement));
    }
  }

  private void end(SimWorker worker, String why) {
    workers.remove(worker.id.value());
    worker.phase = InstancePhase.ENDED;
    worker.task.ifPresent(queue::addFirst);
    world.note("%s ended: %s".formatted(worker.id, why));
    worker.node.ifPresent(node -> agent(node).launcherGone(worker.id.value()));
    moves.unreserve(worker);
    SnapshotDelta.Builder delta =
        SnapshotDelta.builder(world.now()).instance(worker.describe(world.now()));
    worker.task.ifPresent(task -> delta.queued(new QueuedTask(task, CLASS, world.now())));
    changes.accept(delta.build());
    assign();
  }

  private void assign() {
    for (SimWorker worker : List.copyOf(workers.values())) {
      if (worker.phase == InstancePhase.IDLE && !queue.isEmpty()) {
        TaskId task = queue.remove();
        worker.task = Optional.of(task);
        pool.served();
        become(worker, InstancePhase.BUSY);
        changes.accept(SnapshotDelta.builder(world.now()).dequeued(task).build());
        world.after(world.between(50, 1_000), () -> finishTask(worker, task));
      }
    }
  }

  private void finishTask(SimWorker worker, TaskId task) {
    if (worker.phase == InstancePhase.BUSY && worker.task.equals(Optional.of(task))) {
      worker.task = Optional.empty();
      free(worker);
    }
  }

  void become(SimWorker worker, InstancePhase phase) {
    worker.phase = phase;
    worker.reclaimed &= phase == InstancePhase.WAKING;
    worker.sinceMillis = world.nowMillis();
    changes.accept(
        SnapshotDelta.builder(world.now()).instance(worker.describe(world.now())).build());
  }

  private SimAgent agent(String node) {
    return Optional.ofNullable(agents.get(node)).orElseThrow();
  }

  private String anyNode() {
    List<String> names = new ArrayList<>(agents.keySet());
    return names.get(world.random.nextInt(names.size()));
  }

  private String uuid() {
    return new UUID(world.random.nextLong(), world.random.nextLong()).toString();
  }
}
