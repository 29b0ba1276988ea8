package io.dormouse.controller.machine;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentEvent;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.AnnounceReply;
import io.dormouse.checkpoint.agentapi.proto.Done;
import io.dormouse.checkpoint.agentapi.proto.Failure;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.agentapi.proto.InstanceStatus;
import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.Interruptibility;
import io.dormouse.engine.model.Node;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.PoolId;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerCommand;
import io.dormouse.engine.spi.SchedulerEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A state machine with two agents, under a clock that a test moves by hand. Writes succeed at once,
 * agents that are up acknowledge; their commands and the scheduler's are kept, and answered by the
 * test.
 */
final class PlayedCell implements Coordination, Agents, Scheduler, History {
  static final NodeId ONE = new NodeId("one");
  static final NodeId TWO = new NodeId("two");
  static final WorkloadClassId CLASS = new WorkloadClassId("worker");
  static final Instant START = Instant.parse("2026-01-02T03:04:05Z");
  private static final Duration BEAT = Duration.ofMillis(500);
  private static final Duration LEASE = Duration.ofSeconds(5);
  private static final Epoch EPOCH = new Epoch(1, 7);

  final List<AgentCommand> agentCommands = new ArrayList<>();
  final List<SchedulerCommand> schedulerCommands = new ArrayList<>();
  final PlayedEngine engine = new PlayedEngine();
  final Map<InstanceId, Instance> seen = engine.seen;
  final Map<InstanceId, InstanceRecord> records = new TreeMap<>();
  final PlayedTraffic traffic = new PlayedTraffic();
  final List<String> dispositions = new ArrayList<>();

  Optional<String> onePlaceOnly = Optional.empty();
  final List<ActionOutcome> outcomes = new ArrayList<>();
  final Set<NodeId> up = new HashSet<>(Set.of(ONE, TWO));
  final MachineSettings settings =
      new MachineSettings(
          "cell",
          Mode.ACT,
          ImmutableSet.of(ONE, TWO),
          BEAT,
          LEASE,
          MachineSettings.Patience.DEFAULT,
          MachineSettings.Limits.DEFAULT);
  final PlayedHosts hosts = new PlayedHosts();
  private final Deque<Input> inbox = new ArrayDeque<>();
  private final ControllerCore core =
      new ControllerCore(
          settings,
          new Seams(this, this, this, traffic, engine, this, view -> {}, UUID::randomUUID));
  private NodeId commanded = ONE;
  private Instant now = START;

  /** Something is at an agent from the start. */
  PlayedCell holding(NodeId node, String instance, InstanceState state) {
    hosts.hold(node, instance, state);
    return this;
  }

  /** An agent tells anew of what it holds: why it can't take an image of it, empty if it can. */
  void learns(NodeId node, String instance, String noImage) {
    hosts
        .held(node)
        .forEach(
            status -> {
              if (status.getInstance().equals(instance)) {
                InstanceStatus told = status.toBuilder().setNoImage(noImage).build();
                input(new Input.Reported(node, AgentEvent.newBuilder().setChanged(told).build()));
              }
            });
  }

  /** Leads from now on, with these entries in the registry and these instances listed. */
  PlayedCell lead(List<InstanceRecord> registry, Instance... listed) {
    registry.forEach(record -> records.put(record.id(), record));
    report(true, listed);
    input(
        new Input.LeadershipGained(
            EPOCH, ImmutableList.of(), ImmutableList.copyOf(registry), false));
    pass(settings.patience().announce());
    return this;
  }

  void report(boolean complete, Instance... instances) {
    SnapshotDelta.Builder delta = SnapshotDelta.builder(now);
    Arrays.asList(instances).forEach(delta::instance);
    List.of(ONE, TWO).forEach(agent -> delta.node(node(host(agent))));
    input(new Input.Scheduler(new SchedulerEvent.ClusterChanged(delta.build(), complete)));
  }

  private static Node node(NodeId id) {
    return new Node(id, new PoolId("pool"), Resources.of(8_000, 8L << 30), Resources.NONE, true);
  }

  static Instance instance(String id, InstancePhase phase) {
    return instance(id, phase, Optional.empty());
  }

  /** Of an agent's node, as the scheduler calls it. */
  static NodeId host(NodeId agent) {
    return new NodeId("host-" + agent.value());
  }

  static Instance instance(String id, InstancePhase phase, Optional<NodeId> node) {
    return new Instance(
        new InstanceId(id),
        CLASS,
        node,
        phase,
        HibernationLevel.AWAKE,
        START,
        Resources.NONE,
        1 << 20,
        0,
        Interruptibility.IMMEDIATE);
  }

  /** What rests frozen. */
  static InstanceRecord frozen(String id, NodeId node) {
    return InstanceRecord.awake(new InstanceId(id), CLASS, START).frozen(node, "life", START);
  }

  static InstanceRecord imaged(String id) {
    return InstanceRecord.awake(new InstanceId(id), CLASS, START)
        .imaged("image", Optional.empty(), "hibernated", START);
  }

  @Override
  public Address address(NodeId node) {
    return new Address(node.value(), 7_000);
  }

  /** The engine wants this in its next cycle, which comes now. */
  void decide(Action... actions) {
    engine.wanted.addAll(List.of(actions));
    pass(BEAT);
  }

  /** An operator wants an instance moved; what he is told. */
  WishAnswer wish(MoveWish wish) {
    List<WishAnswer> answers = new ArrayList<>();
    input(new Input.Wished(wish, answers::add));
    return answers.get(0);
  }

  void dies(NodeId node) {
    up.remove(node);
    input(new Input.Disconnected(node, "it died"));
  }

  /** The scheduler does what it was asked for last. */
  void schedulerDone() {
    String request = schedulerCommands.get(schedulerCommands.size() - 1).requestId();
    input(new Input.Scheduler(new SchedulerEvent.CommandDone(request)));
  }

  void schedulerRefuses(String reason) {
    String request = schedulerCommands.get(schedulerCommands.size() - 1).requestId();
    input(new Input.Scheduler(new SchedulerEvent.CommandRefused(request, reason)));
  }

  /** An agent can't do what it was asked for last. */
  void agentFails(NodeId node, FailureCode code) {
    String request = agentCommands.get(agentCommands.size() - 1).getRequestId();
    AgentResult failed =
        AgentResult.newBuilder().setFailure(Failure.newBuilder().setCode(code)).build();
    input(new Input.Answered(node, request, Optional.of(failed)));
  }

  /** An agent has done what it was asked for last. */
  void agentDone() {
    AgentCommand last = agentCommands.get(agentCommands.size() - 1);
    AgentResult done = AgentResult.newBuilder().setDone(Done.getDefaultInstance()).build();
    input(new Input.Answered(commanded, last.getRequestId(), Optional.of(done)));
  }

  AgentCommand.CommandCase lastAgentCommand() {
    return agentCommands.get(agentCommands.size() - 1).getCommandCase();
  }

  /** A launcher waits at an agent. */
  void attach(NodeId node, String instance) {
    InstanceStatus status =
        InstanceStatus.newBuilder().setInstance(instance).setState(InstanceState.ATTACHED).build();
    input(new Input.Reported(node, AgentEvent.newBuilder().setChanged(status).build()));
  }

  void pass(Duration time) {
    Instant end = now.plus(time);
    while (now.isBefore(end)) {
      now = now.plus(BEAT);
      input(new Input.Tick());
    }
  }

  void input(Input input) {
    inbox.add(input);
    Input next;
    while ((next = inbox.poll()) != null) {
      core.accept(now, next);
    }
  }

  @Override
  public void write(Epoch epoch, long ticket, ImmutableList<Change> changes) {
    for (Change change : changes) {
      if (change instanceof Change.PutRecord put) {
        records.put(put.record().id(), put.record());
      } else if (change instanceof Change.RemoveRecord removed) {
        records.remove(removed.id());
      } else if (change instanceof Change.PutPlacement put) {
        traffic.registered(put.placement());
      }
    }
    inbox.add(new Input.Written(ticket));
  }

  @Override
  public void resign(String reason) {
    throw new AssertionError(reason);
  }

  @Override
  public void announce(NodeId node, Epoch epoch) {
    if (up.contains(node)) {
      AnnounceReply reply = hosts.reply(node);
      inbox.add(new Input.Announced(node, epoch, Optional.of(reply)));
    }
  }

  @Override
  public void execute(NodeId node, AgentCommand command) {
    commanded = node;
    agentCommands.add(command);
  }

  @Override
  public void execute(Epoch epoch, SchedulerCommand command) {
    schedulerCommands.add(command);
  }

  @Override
  public Optional<String> onePlaceOnly() {
    return onePlaceOnly;
  }

  @Override
  public void charge(Epoch epoch, Duration lease) {}

  @Override
  public void decided(DecisionRecord decision, Disposition disposition) {
    dispositions.add(disposition.words());
  }

  @Override
  public void ended(ActionOutcome outcome) {
    outcomes.add(outcome);
  }
}
