package io.dormouse.controller.simulation;

import io.dormouse.checkpoint.agentapi.proto.Abilities;
import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.AnnounceReply;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.InstanceStatus;
import io.dormouse.checkpoint.agentapi.proto.Inventory;
import io.dormouse.checkpoint.agentapi.proto.LeaseExpired;
import io.dormouse.checkpoint.agentapi.proto.Telemetry;
import io.dormouse.engine.spi.Epoch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A node agent with its real semantics: one command after the other per instance, done once per
 * request id, fenced by epoch, with leases that end by themselves. What is in its fields but {@link
 * #up} and the strands survives its restarts.
 */
final class SimAgent {
  /** The node whose agent has no images. */
  static final String FREEZES_ONLY = "node-3";

  /** The one whose agent has fast storage. */
  private static final String HAS_FAST_STORAGE = "node-1";

  final String node;
  final Abilities abilities;
  private final World world;
  private final SimWork work;
  private final Faults faults;
  private final Consumer<AgentEvent> events;
  private final Consumer<SimInstance> launchers;
  private final Map<String, SimInstance> instances = new TreeMap<>();
  private final Map<String, AgentResult> requests = new HashMap<>();
  private final Map<String, List<Consumer<AgentResult>>> pending = new HashMap<>();
  private final Map<String, Long> strandFree = new HashMap<>();
  private final Set<Epoch> announced = new HashSet<>();
  private Epoch highest = new Epoch(0, 0);
  private boolean up = true;
  private int incarnation;

  SimAgent(
      String node,
      World world,
      Processes processes,
      SimStore store,
      Faults faults,
      Consumer<AgentEvent> events,
      Consumer<SimInstance> launchers) {
    this.launchers = launchers;
    this.node = node;
    this.abilities =
        Abilities.newBuilder()
            .setFreeze(true)
            .setImage(!node.equals(FREEZES_ONLY))
            .setData(!node.equals(FREEZES_ONLY))
            .setLazy(node.equals(HAS_FAST_STORAGE))
            .build();
    this.world = world;
    this.faults = faults;
    this.events = events;
    this.work = new SimWork(this, world, processes, store, faults);
    world.after(world.between(1, 100), this::heartbeat);
    world.after(world.between(1, 2_000), this::telemetry);
  }

  boolean up() {
    return up;
  }

  int incarnation() {
    return incarnation;
  }

  Map<String, SimInstance> instances() {
    return instances;
  }

  void crash(long downMillis) {
    up = false;
    incarnation++;
    strandFree.clear();
    pending.clear();
    world.note("agent " + node + " crashes");
    world.after(
        downMillis,
        () -> {
          up = true;
          lastUp = world.nowMillis();
          instances.values().forEach(work::recover);
          world.note("agent " + node + " is back");
          events.accept(inventory());
        });
  }

  Optional<AnnounceReply> announce(Epoch epoch) {
    if (!up) {
      return Optional.empty();
    }
    boolean accepted = epoch.compareTo(highest) >= 0 || !faults.agentsFence();
    if (accepted) {
      highest = epoch.compareTo(highest) > 0 ? epoch : highest;
      announced.add(epoch);
    }
    return Optional.of(
        AnnounceReply.newBuilder()
            .setAccepted(accepted)
            .setAbilities(abilities)
            .addAllInstances(statuses())
            .build());
  }

  void execute(AgentCommand command, Consumer<AgentResult> reply) {
    if (!up) {
      return;
    }
    Epoch epoch = new Epoch(command.getEpoch().getIncarnation(), command.getEpoch().getCzxid());
    if (epoch.compareTo(highest) < 0 && faults.agentsFence()) {
      reply.accept(SimResults.failed(FailureCode.STALE_EPOCH, "stale"));
      return;
    }
    if (!announced.contains(epoch)) {
      throw new PromiseBroken(
          "%s got %s of epoch %s before it was announced"
              .formatted(node, command.getRequestId(), epoch));
    }
    once(command, epoch, reply);
  }

  private void once(AgentCommand command, Epoch epoch, Consumer<AgentResult> reply) {
    String id = command.getRequestId();
    AgentResult known = requests.get(id);
    if (known != null) {
      reply.accept(known);
      return;
    }
    List<Consumer<AgentResult>> waiting = pending.get(id);
    if (waiting != null) {
      waiting.add(reply);
      return;
    }
    pending.put(id, new ArrayList<>(List.of(reply)));
    queue(command, epoch);
  }

  private void queue(AgentCommand command, Epoch epoch) {
    String strand = work.instanceOf(command);
    long start = Math.max(world.nowMillis(), strandFree.getOrDefault(strand, 0L));
    long duration = work.duration(command);
    strandFree.put(strand, start + duration);
    int begunIn = incarnation;
    long arrived = world.nowMillis();
    world.after(
        start - arrived,
        () -> {
          if (up && begunIn == incarnation) {
            begin(command, epoch, duration, world.nowMillis() - arrived);
          }
        });
  }

  private void begin(AgentCommand command, Epoch epoch, long duration, long waited) {
    if (epoch.compareTo(highest) < 0 && faults.agentsFence()) {
      finish(command, SimResults.failed(FailureCode.STALE_EPOCH, "stale in turn"));
      return;
    }
    if (waited > command.getTimeoutMillis()) {
      finish(command, SimResults.failed(FailureCode.TIMED_OUT, "waited too long"));
      return;
    }
    Optional<AgentResult> refused = work.begin(command);
    if (refused.isPresent()) {
      finish(command, refused.get());
      return;
    }
    int begunIn = incarnation;
    world.after(
        duration,
        () -> {
          if (up && begunIn == incarnation) {
            finish(command, work.finish(command));
          }
        });
  }

  private void finish(AgentCommand command, AgentResult result) {
    String id = command.getRequestId();
    FailureCode code = result.getFailure().getCode();
    if (code != FailureCode.STALE_EPOCH && code != FailureCode.TIMED_OUT) {
      requests.put(id, result);
    }
    world.note("agent %s %s -> %s".formatted(node, id, result.hasDone() ? "done" : code));
    Optional.ofNullable(pending.remove(id))
        .ifPresent(waiting -> waiting.forEach(reply -> reply.accept(result)));
  }

  /** A launcher starts an instance here. */
  void start(String instance, String generation) {
    SimInstance started = new SimInstance(instance);
    instances.put(instance, started);
    work.start(started, generation);
    changed(started);
  }

  /** A launcher waits for an instance here; false where it is refused. */
  boolean attach(String instance) {
    boolean taken = instances.containsKey(instance) && instances.get(instance).living();
    if (!up || taken) {
      return false;
    }
    SimInstance attached = new SimInstance(instance);
    attached.state = InstanceState.ATTACHED;
    instances.put(instance, attached);
    changed(attached);
    return true;
  }

  /** The launcher is gone, and with it the instance. */
  void launcherGone(String instance) {
    Optional.ofNullable(instances.get(instance))
        .filter(SimInstance::living)
        .ifPresent(living -> work.end(living, InstanceState.ENDED));
  }

  void changed(SimInstance instance) {
    world.note(
        "%s at %s is %s life %s"
            .formatted(instance.id, node, instance.state, instance.generation()));
    if (up) {
      events.accept(AgentEvent.newBuilder().setChanged(instance.status()).build());
    }
    if (!instance.living()) {
      launchers.accept(instance);
    }
  }

  AgentEvent inventory() {
    return AgentEvent.newBuilder()
        .setInventory(Inventory.newBuilder().setAbilities(abilities).addAllInstances(statuses()))
        .build();
  }

  private void heartbeat() {
    if (up) {
      for (SimInstance instance : List.copyOf(instances.values())) {
        boolean idle = strandFree.getOrDefault(instance.id, 0L) <= world.nowMillis();
        if (instance.frozen() && idle && instance.leaseEnd <= world.nowMillis()) {
          endLease(instance);
        }
      }
    }
    world.after(100, this::heartbeat);
  }

  private void endLease(SimInstance instance) {
    if (world.nowMillis() > instance.leaseEnd + 1_000 && world.nowMillis() > lastUp + 1_000) {
      throw new PromiseBroken(instance.id + " is frozen past its lease at " + node);
    }
    if (faults.leasesEnd() && work.leaseEnds(instance)) {
      events.accept(
          AgentEvent.newBuilder()
              .setLeaseExpired(LeaseExpired.newBuilder().setStatus(instance.status()))
              .build());
    }
  }

  private long lastUp;

  private void telemetry() {
    if (up) {
      events.accept(
          AgentEvent.newBuilder()
              .setTelemetry(Telemetry.newBuilder().addAllInstances(statuses()))
              .build());
    }
    world.after(2_000, this::telemetry);
  }

  private List<InstanceStatus> statuses() {
    return instances.values().stream()
        .filter(SimInstance::living)
        .map(SimInstance::status)
        .toList();
  }
}
