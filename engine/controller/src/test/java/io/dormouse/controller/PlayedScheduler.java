package io.dormouse.controller;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.Interruptibility;
import io.dormouse.engine.model.Node;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.PoolId;
import io.dormouse.engine.model.QueuedTask;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClass;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.ClusterAdapter;
import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerCommand;
import io.dormouse.engine.spi.SchedulerEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A scheduler with one idle instance that says yes. */
final class PlayedScheduler implements ClusterAdapter {
  private static final WorkloadClassId CLASS = new WorkloadClassId("worker");
  private static final Resources REQUEST = Resources.of(1_000, 1L << 30);

  final List<SchedulerCommand> commands = new CopyOnWriteArrayList<>();
  final List<Duration> charges = new CopyOnWriteArrayList<>();
  private volatile Consumer<SchedulerEvent> events = event -> {};

  @Override
  public void start(Consumer<SchedulerEvent> listener) {
    events = listener;
    Instant now = Instant.now();
    SnapshotDelta.Builder all =
        SnapshotDelta.builder(now)
            .node(
                new Node(
                    new NodeId("node-1"),
                    new PoolId("default"),
                    Resources.of(8_000, 8L << 30),
                    REQUEST,
                    true))
            .workloadClass(
                new WorkloadClass(
                    CLASS, REQUEST, Optional.of(Duration.ofSeconds(5)), Optional.of(now)))
            .instance(instance(InstancePhase.IDLE));
    listener.accept(new SchedulerEvent.ClusterChanged(all.build(), true));
  }

  void taskArrives() {
    Instant now = Instant.now();
    events.accept(
        new SchedulerEvent.ClusterChanged(
            SnapshotDelta.builder(now)
                .arrival(CLASS, now)
                .queued(new QueuedTask(new TaskId("t-1"), CLASS, now))
                .build(),
            false));
  }

  @Override
  public void execute(Epoch epoch, SchedulerCommand command) {
    commands.add(command);
    InstancePhase phase =
        command instanceof SchedulerCommand.Quiesce
            ? InstancePhase.HIBERNATING
            : command instanceof SchedulerCommand.Release
                ? InstancePhase.HIBERNATED
                : InstancePhase.IDLE;
    events.accept(
        new SchedulerEvent.ClusterChanged(
            SnapshotDelta.builder(Instant.now()).instance(instance(phase)).build(), false));
    events.accept(new SchedulerEvent.CommandDone(command.requestId()));
  }

  @Override
  public Optional<String> onePlaceOnly() {
    return Optional.empty();
  }

  @Override
  public void charge(Epoch epoch, Duration lease) {
    charges.add(lease);
  }

  @Override
  public void close() {
    events = event -> {};
  }

  private static Instance instance(InstancePhase phase) {
    return new Instance(
        new InstanceId(PlayedAgent.INSTANCE),
        CLASS,
        Optional.of(new NodeId("node-1")),
        phase,
        HibernationLevel.AWAKE,
        Instant.now(),
        REQUEST,
        1L << 30,
        0.05,
        Interruptibility.IMMEDIATE);
  }
}
