package io.dormouse.controller.simulation;

import com.google.common.collect.ImmutableList;
import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.controller.machine.ControllerCore;
import io.dormouse.controller.machine.Coordination;
import io.dormouse.controller.machine.Input;
import io.dormouse.controller.machine.InstanceRecord;
import io.dormouse.controller.machine.Intent;
import io.dormouse.controller.machine.Mode;
import io.dormouse.controller.machine.Seams;
import io.dormouse.controller.machine.Traffic;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** One controller process: the real state machine, and a network and a session that may fail. */
final class SimController implements Coordination {
  final String name;
  private final World world;
  private final SimZooKeeper zooKeeper;
  private final Map<String, SimAgent> agents;
  private final SimScheduler scheduler;
  private final SimNetwork network;
  private final Deque<Input> inbox = new ArrayDeque<>();
  private final Map<String, Long> lastDelivery = new HashMap<>();
  private ControllerCore core;
  private int incarnation;
  private int elections;
  private boolean alive = true;
  private long pausedUntil;
  private long silentFrom;
  private long cutOffUntil;
  private long lastWriteAt;

  SimController(
      String name,
      World world,
      SimZooKeeper zooKeeper,
      Map<String, SimAgent> agents,
      SimScheduler scheduler,
      Faults faults) {
    this.name = name;
    this.world = world;
    this.zooKeeper = zooKeeper;
    this.agents = agents;
    this.scheduler = scheduler;
    this.network = new SimNetwork(this, world, agents, scheduler, faults);
    this.core = newCore();
    zooKeeper.join(this);
    boot();
  }

  private ControllerCore newCore() {
    return new ControllerCore(
        SimSettings.of(agents.keySet()),
        new Seams(
            this,
            network,
            network,
            Traffic.NONE,
            new SimDecider(world),
            new Silence(),
            view -> {},
            () -> new UUID(world.random.nextLong(), world.random.nextLong())));
  }

  private void boot() {
    complete();
    agents.values().stream().filter(SimAgent::up).forEach(agent -> event(agent, agent.inventory()));
    tick(incarnation);
  }

  /** Its session outlives it, as the coordination service can't know of its end. */
  void kill(long downMillis) {
    world.note("controller %s is killed".formatted(name));
    alive = false;
    incarnation++;
    int now = incarnation;
    inbox.clear();
    world.after(SimZooKeeper.SESSION_MILLIS, () -> zooKeeper.leave(this));
    world.after(downMillis, () -> revive(now));
    world.after(Math.max(downMillis, SimZooKeeper.SESSION_MILLIS) + 10, () -> rejoin(now));
  }

  private void revive(int in) {
    if (incarnation == in) {
      alive = true;
      core = newCore();
      boot();
    }
  }

  /** An operator sets the mode. */
  void set(Mode mode) {
    input(new Input.ModeSet(mode, "simulation"));
  }

  void pause(long millis) {
    world.note("controller %s pauses for %d".formatted(name, millis));
    silentFromNow();
    pausedUntil = world.nowMillis() + millis;
  }

  /** Loses its connection to the coordination service for some time. */
  void cutOff(long millis) {
    world.note("controller %s is cut off for %d".formatted(name, millis));
    silentFromNow();
    cutOffUntil = world.nowMillis() + millis;
    input(new Input.Suspended());
    world.after(millis, () -> input(new Input.Resumed()));
  }

  /** How long the coordination service has not heard of it. */
  long silentMillis() {
    boolean silent = Math.max(pausedUntil, cutOffUntil) > world.nowMillis();
    return alive && silent ? world.nowMillis() - silentFrom : 0;
  }

  private void silentFromNow() {
    if (Math.max(pausedUntil, cutOffUntil) <= world.nowMillis()) {
      silentFrom = world.nowMillis();
    }
  }

  /** It hears of it late: until then it believes that it leads. */
  void sessionExpired() {
    int now = incarnation;
    int election = elections;
    long hears = Math.max(pausedUntil, cutOffUntil) - world.nowMillis() + world.between(10, 1_500);
    world.after(
        hears,
        () -> {
          lost(election, "session expired");
          world.after(world.between(100, 1_000), () -> rejoin(now));
        });
  }

  /** News of a leadership's end that come after the next one began are none. */
  private void lost(int election, String reason) {
    if (election == elections) {
      input(new Input.LeadershipLost(reason));
    }
  }

  private void rejoin(int in) {
    if (alive && incarnation == in) {
      zooKeeper.join(this);
    }
  }

  void elected(
      Epoch won,
      ImmutableList<Intent> intents,
      ImmutableList<InstanceRecord> records,
      boolean paused) {
    int now = incarnation;
    elections++;
    world.after(
        world.between(1, 50),
        () -> {
          if (alive && incarnation == now) {
            input(new Input.LeadershipGained(won, intents, records, paused));
          }
        });
  }

  void schedulerChanged(SnapshotDelta delta) {
    ordered("scheduler", new Input.Scheduler(new SchedulerEvent.ClusterChanged(delta, false)));
  }

  void event(SimAgent agent, AgentEvent event) {
    ordered(agent.node, new Input.Reported(new NodeId(agent.node), event));
  }

  void agentBroke(String node) {
    ordered(node, new Input.Disconnected(new NodeId(node), "it went down"));
  }

  void schedulerBroke() {
    ordered("scheduler", new Input.Scheduler(new SchedulerEvent.Disconnected("a break")));
    world.after(world.between(500, 3_000), this::complete);
  }

  private void complete() {
    ordered(
        "scheduler",
        new Input.Scheduler(new SchedulerEvent.ClusterChanged(scheduler.complete(), true)));
  }

  /** Delivers what comes over a stream: late perhaps, but in order. */
  private void ordered(String stream, Input input) {
    int now = incarnation;
    long at = Math.max(world.nowMillis() + world.delay(), lastDelivery.getOrDefault(stream, 0L));
    lastDelivery.put(stream, at);
    world.after(
        at - world.nowMillis(),
        () -> {
          if (incarnation == now) {
            input(input);
          }
        });
  }

  private void input(Input input) {
    if (!alive) {
      return;
    }
    inbox.add(input);
    if (pausedUntil <= world.nowMillis()) {
      drain();
    }
  }

  private void drain() {
    Input next;
    while ((next = inbox.poll()) != null) {
      core.accept(world.now(), next);
    }
  }

  private void tick(int in) {
    if (incarnation != in) {
      return;
    }
    if (pausedUntil <= world.nowMillis()) {
      drain();
      core.accept(world.now(), new Input.Tick());
    }
    world.after(100, () -> tick(in));
  }

  @Override
  public void write(Epoch as, long ticket, ImmutableList<Change> changes) {
    int now = incarnation;
    long at = Math.max(world.nowMillis() + world.between(1, 10), lastWriteAt);
    lastWriteAt = at;
    world.after(at - world.nowMillis(), () -> attempt(ticket, changes, as, now));
  }

  private void attempt(long ticket, ImmutableList<Change> changes, Epoch as, int in) {
    if (incarnation != in) {
      return;
    }
    if (cutOffUntil > world.nowMillis()) {
      lastWriteAt = Math.max(lastWriteAt, cutOffUntil + 1);
      world.after(cutOffUntil + 1 - world.nowMillis(), () -> attempt(ticket, changes, as, in));
      return;
    }
    boolean written = zooKeeper.write(this, as, changes);
    world.after(
        world.between(1, 5),
        () -> {
          if (incarnation == in) {
            input(
                written ? new Input.Written(ticket) : new Input.Fenced(as, ticket, "not leading"));
          }
        });
  }

  @Override
  public void resign(String reason) {
    world.note("controller %s resigns: %s".formatted(name, reason));
    zooKeeper.leave(this);
    int now = incarnation;
    int election = elections;
    world.after(1, () -> lost(election, "resigned"));
    world.after(world.between(100, 1_000), () -> rejoin(now));
  }

  int incarnation() {
    return incarnation;
  }

  /** Something that was sent to this process arrives, unless the process is another by now. */
  void reply(int in, Input input) {
    if (incarnation == in) {
      input(input);
    }
  }
}
