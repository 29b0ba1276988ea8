package io.dormouse.controller.simulation;

import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.controller.machine.InstanceRecord;
import io.dormouse.controller.machine.Intent;
import io.dormouse.controller.machine.Mode;
import io.dormouse.controller.machine.Step;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.SnapshotDelta;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One run from one seed: a stormy time, a calm time, and then nothing may be left behind. */
final class Simulation {
  private static final long STORM_MILLIS = 60_000;

  /** The scheduler notices a dead node, its actions are given up, and then what is on record. */
  private static final long CALM_MILLIS = 75_000;

  /** Patience with what is occupied, and a start. */
  private static final long NEGLECT_MILLIS_MAX = 9_000;

  private final long seed;
  private final World world;
  private final Processes processes;
  private final SimStore store = new SimStore();
  private final Map<String, SimAgent> agents = new TreeMap<>();
  private final List<SimController> controllers = new ArrayList<>();
  private final SimZooKeeper zooKeeper;
  private final SimScheduler scheduler;

  Simulation(long seed, Faults faults) {
    this.seed = seed;
    this.world = new World(seed);
    this.processes = new Processes(world);
    this.zooKeeper = new SimZooKeeper(world, faults);
    this.scheduler = new SimScheduler(world, agents, faults, this::schedulerChanged);
    for (String node : List.of("node-1", "node-2", "node-3")) {
      agents.put(
          node,
          new SimAgent(
              node,
              world,
              processes,
              store,
              faults,
              event -> agentEvent(node, event),
              instance -> scheduler.launcherEnded(node, instance)));
    }
    for (String name : List.of("c1", "c2", "c3")) {
      controllers.add(new SimController(name, world, zooKeeper, agents, scheduler, faults));
    }
  }

  /** What happened, for figures and for tests of the simulation itself. */
  record Figures(long hibernations, long wakes, long moves, long drafts, long steps) {}

  Figures run() {
    try {
      world.after(100, this::step);
      world.after(200, this::task);
      world.after(2_000, this::fault);
      world.runUntil(STORM_MILLIS, () -> {});
      world.calmDown();
      world.runUntil(STORM_MILLIS + CALM_MILLIS, () -> {});
      checkNothingIsLeftBehind();
    } catch (RuntimeException e) {
      throw new AssertionError(
          "Seed %d: %s%nReplay: mvn test -pl engine/controller -Dtest=SimulationTest -Dseed=%d%n%s"
              .formatted(seed, e.getMessage(), seed, context(e)),
          e);
    }
    return new Figures(
        done("HIBERNATE"),
        done("WAKE"),
        done("MOVE"),
        draftsAtTheirTargets(),
        processes.all().stream().mapToLong(life -> life.counter).sum());
  }

  private long done(String kind) {
    return world.journal("outcome DONE Intent[id=a-", Integer.MAX_VALUE).stream()
        .filter(line -> line.contains("kind=" + kind))
        .count();
  }

  private long draftsAtTheirTargets() {
    return world.journal("." + Step.PULL_DRAFT + ".", Integer.MAX_VALUE).stream()
        .filter(line -> line.endsWith("-> done"))
        .count();
  }

  private String context(RuntimeException failure) {
    String message = String.valueOf(failure.getMessage());
    String word = message.contains(" ") ? message.substring(0, message.indexOf(' ')) : message;
    return String.join("\n", world.journal(word, 60));
  }

  private void step() {
    processes.step();
    require(
        scheduler.pool().neglectedMillis() < NEGLECT_MILLIS_MAX,
        "scheduler lets tasks wait though nobody is in charge");
    world.after(100, this::step);
  }

  private void task() {
    if (!world.calm()) {
      scheduler.submitTask();
      world.after(world.between(20, 3_000), this::task);
    }
  }

  private void fault() {
    if (world.calm()) {
      return;
    }
    SimController controller = controllers.get(world.random.nextInt(controllers.size()));
    SimController leader = zooKeeper.leader().orElse(controller);
    SimAgent agent = List.copyOf(agents.values()).get(world.random.nextInt(agents.size()));
    switch (world.random.nextInt(11)) {
      case 0 -> leader.kill(world.between(100, 8_000));
      case 1 -> controller.kill(world.between(100, 8_000));
      case 2 -> leader.pause(world.between(100, 12_000));
      case 3 -> leader.cutOff(world.between(100, 8_000));
      case 4 -> crash(agent);
      case 5 -> killLauncher();
      case 6 -> leader.schedulerBroke();
      case 7 -> controllers.forEach(each -> each.kill(world.between(3_000, 12_000)));
      case 8 -> nodeDies(agent);
      case 9 -> operatorPauses(world.between(1_000, 20_000));
      default -> breakStream(agent);
    }
    world.after(world.between(500, 8_000), this::fault);
  }

  /** At the worst time: half of the times no worker is left. */
  private void operatorPauses(long millis) {
    controllers.forEach(controller -> controller.set(Mode.OBSERVE));
    if (world.chance(0.5)) {
      List.copyOf(scheduler.workers()).forEach(scheduler.moves()::killLauncher);
    }
    world.after(millis, this::operatorResumes);
  }

  /** He asks until a leader has written it down. */
  private void operatorResumes() {
    controllers.forEach(controller -> controller.set(Mode.ACT));
    if (zooKeeper.paused()) {
      world.after(500, this::operatorResumes);
    }
  }

  private void crash(SimAgent agent) {
    if (agent.up()) {
      agent.crash(world.between(200, 6_000));
      controllers.forEach(controller -> controller.agentBroke(agent.node));
    }
  }

  /**
   * Its agent is not heard for long, or never again; the scheduler notices, and ends what ran
   * there. One that is back in the end has been so for long enough to be made use of.
   */
  private void nodeDies(SimAgent agent) {
    if (agent.up()) {
      boolean forGood = world.chance(0.5);
      agent.crash(forGood ? STORM_MILLIS + CALM_MILLIS : world.between(10_000, 30_000));
      controllers.forEach(controller -> controller.agentBroke(agent.node));
      world.after(world.between(500, 15_000), () -> scheduler.moves().killLaunchersAt(agent.node));
    }
  }

  private void breakStream(SimAgent agent) {
    SimController controller = zooKeeper.leader().orElse(controllers.get(0));
    controller.agentBroke(agent.node);
    world.after(
        world.between(100, 2_000),
        () -> {
          if (agent.up()) {
            controller.event(agent, agent.inventory());
          }
        });
  }

  private void killLauncher() {
    List<SimWorker> placed =
        scheduler.workers().stream().filter(worker -> worker.node.isPresent()).toList();
    if (!placed.isEmpty()) {
      scheduler.moves().killLauncher(placed.get(world.random.nextInt(placed.size())));
    }
  }

  private void agentEvent(String node, AgentEvent event) {
    SimAgent agent = Optional.ofNullable(agents.get(node)).orElseThrow();
    controllers.forEach(controller -> controller.event(agent, event));
  }

  private void schedulerChanged(SnapshotDelta delta) {
    controllers.forEach(controller -> controller.schedulerChanged(delta));
  }

  private void checkNothingIsLeftBehind() {
    List<Intent> left =
        zooKeeper.intents().values().stream().filter(intent -> !mayWait(intent)).toList();
    require(left.isEmpty(), "intents are left: " + left);
    require(scheduler.queued() == 0, "scheduler " + scheduler.queued() + " tasks still wait");
    Map<String, InstanceRecord> records = new TreeMap<>();
    zooKeeper.records().forEach((id, record) -> records.put(id.value(), record));
    for (SimWorker worker : scheduler.workers()) {
      Optional<InstanceRecord> record = Optional.ofNullable(records.remove(worker.id.value()));
      boolean underWay =
          zooKeeper.intents().values().stream()
              .anyMatch(intent -> intent.instance().equals(Optional.of(worker.id)));
      if (!underWay) {
        checkWorker(worker, record);
      }
    }
    records
        .values()
        .forEach(
            record ->
                require(
                    waitsForAnyAgent(record),
                    record.id() + " is on record and nowhere else: " + record));
    for (Processes.Life life : processes.all()) {
      boolean known =
          scheduler.workers().stream().anyMatch(w -> w.id.value().equals(life.instance));
      require(known, life.instance + " has a process that nobody knows");
    }
    store
        .all()
        .forEach(
            image ->
                require(
                    zooKeeper.records().values().stream()
                        .anyMatch(
                            record ->
                                record.image().equals(image.generation)
                                    || (waitsForAnyAgent(record)
                                        && record.garbage().toString().contains(image.generation))),
                    image.instance + " has an image that nobody knows: " + image.generation));
  }

  /** With its images to discard, while all agents are dead. */
  private boolean waitsForAnyAgent(InstanceRecord record) {
    return !record.garbage().isEmpty() && agents.values().stream().noneMatch(SimAgent::up);
  }

  /** For an agent that is down, as long as the scheduler lists the instance. */
  private boolean mayWait(Intent intent) {
    boolean listed =
        scheduler.workers().stream().anyMatch(w -> intent.instance().equals(Optional.of(w.id)));
    return listed
        && intent.step().target() == Step.Target.AGENT
        && intent.node().map(node -> agents.get(node.value())).filter(SimAgent::up).isEmpty();
  }

  private void checkWorker(SimWorker worker, Optional<InstanceRecord> record) {
    String id = worker.id.value();
    List<Processes.Life> lives = processes.of(id);
    HibernationLevel level = record.map(InstanceRecord::level).orElse(HibernationLevel.AWAKE);
    record.ifPresent(
        known ->
            require(
                known.garbage().isEmpty() || waitsForAnyAgent(known),
                id + " has garbage: " + known));
    switch (level) {
      case AWAKE -> {
        require(worker.phase == InstancePhase.IDLE, id + " should be idle, is " + worker.phase);
        require(
            lives.size() == 1 && lives.get(0).running, id + " should run once: " + lives.size());
      }
      case L1_RETAINED, L2_DATA_SNAPSHOT -> {
        boolean resting = worker.phase == InstancePhase.HIBERNATING || worker.reclaimed;
        require(resting, id + " is in rotation though frozen");
        require(lives.size() == 1 && !lives.get(0).running, id + " should be frozen");
      }
      case L3_FULL_SNAPSHOT, L4_KERNEL_SNAPSHOT -> {
        require(
            worker.phase == InstancePhase.HIBERNATED, id + " is " + worker.phase + " at " + level);
        require(lives.isEmpty(), id + " has a process though it is at " + level);
        String image = record.map(InstanceRecord::image).orElse("");
        boolean whole = store.find(image).map(found -> found.claimant.isEmpty()).orElse(false);
        require(whole, id + " has no image to wake from: " + image);
      }
      default -> require(false, id + " is at " + level + " though its scheduler knows it");
    }
    agents
        .values()
        .forEach(
            agent ->
                require(
                    !Optional.ofNullable(agent.instances().get(id))
                        .map(seen -> seen.state == InstanceState.ATTACHED)
                        .orElse(false),
                    id + " has a launcher that waits at " + agent.node));
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new PromiseBroken(otherwise);
    }
  }
}
