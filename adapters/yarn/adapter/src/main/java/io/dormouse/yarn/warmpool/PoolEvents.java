package io.dormouse.yarn.warmpool;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.QueuedTask;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.WorkloadEvent;
import io.dormouse.engine.spi.WorkloadRequest.WorkerClass;
import io.dormouse.yarn.warmpool.proto.ClassState;
import io.dormouse.yarn.warmpool.proto.InstanceState;
import io.dormouse.yarn.warmpool.proto.PoolEvent;
import io.dormouse.yarn.warmpool.proto.PoolState;
import io.dormouse.yarn.warmpool.proto.StateProved;
import io.dormouse.yarn.warmpool.proto.TaskArrived;
import io.dormouse.yarn.warmpool.proto.TaskDone;
import io.dormouse.yarn.warmpool.proto.TaskLost;
import io.dormouse.yarn.warmpool.proto.TaskStarted;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Translates events to and from the protocol. */
public final class PoolEvents {
  private PoolEvents() {}

  static PoolEvent of(InstanceView view) {
    return PoolEvent.newBuilder().setAtMicros(micros(view.at())).setInstance(state(view)).build();
  }

  static PoolEvent of(WorkloadEvent event) {
    PoolEvent.Builder out = PoolEvent.newBuilder().setAtMicros(micros(event.at()));
    if (event instanceof WorkloadEvent.TaskArrived arrived) {
      out.setArrived(arrived(arrived.at(), arrived.task(), arrived.workloadClass()));
    } else if (event instanceof WorkloadEvent.TaskStarted started) {
      out.setStarted(
          TaskStarted.newBuilder()
              .setTask(started.task().value())
              .setInstance(started.instance().value()));
    } else if (event instanceof WorkloadEvent.TaskDone done) {
      out.setDone(
          TaskDone.newBuilder()
              .setTask(done.task().value())
              .setInstance(done.instance().value())
              .setDuplicate(done.duplicate()));
    } else if (event instanceof WorkloadEvent.TaskLost lost) {
      out.setLost(TaskLost.newBuilder().setTask(lost.task().value()).setReason(lost.reason()));
    } else if (event instanceof WorkloadEvent.StateProved proved) {
      out.setProved(
          StateProved.newBuilder()
              .setInstance(proved.instance().value())
              .setMismatch(proved.mismatch().orElse("")));
    } else {
      throw new IllegalArgumentException("The event (%s) is unknown here.".formatted(event));
    }
    return out.build();
  }

  static PoolEvent requeued(PoolTask task, Instant now) {
    return PoolEvent.newBuilder()
        .setAtMicros(micros(now))
        .setRequeued(arrived(task.queuedAt(), task.id(), task.workloadClass()))
        .build();
  }

  static PoolEvent state(WarmPool pool, PoolSpec spec, Instant now) {
    PoolState.Builder state = PoolState.newBuilder();
    for (WorkerClass kind : spec.classes()) {
      state.addClasses(
          ClassState.newBuilder()
              .setId(kind.id().value())
              .setMilliCores(kind.request().milliCores())
              .setMemoryBytes(kind.request().memoryBytes()));
    }
    pool.instances().forEach(view -> state.addInstances(state(view)));
    for (QueuedTask task : pool.queued()) {
      state.addQueued(arrived(task.queuedAt(), task.id(), task.workloadClass()));
    }
    return PoolEvent.newBuilder().setAtMicros(micros(now)).setState(state).build();
  }

  /**
   * What a subscriber of a workload is told.
   *
   * @return empty for what is for controllers alone
   * @throws IllegalArgumentException when the event is malformed
   */
  public static Optional<WorkloadEvent> toWorkloadEvent(PoolEvent event) {
    Instant at = instant(event.getAtMicros());
    return switch (event.getEventCase()) {
      case INSTANCE -> Optional.of(changed(event.getInstance()));
      case ARRIVED ->
          Optional.of(
              new WorkloadEvent.TaskArrived(
                  at,
                  new TaskId(event.getArrived().getTask()),
                  new WorkloadClassId(event.getArrived().getWorkloadClass())));
      case STARTED ->
          Optional.of(
              new WorkloadEvent.TaskStarted(
                  at,
                  new TaskId(event.getStarted().getTask()),
                  new InstanceId(event.getStarted().getInstance())));
      case DONE ->
          Optional.of(
              new WorkloadEvent.TaskDone(
                  at,
                  new TaskId(event.getDone().getTask()),
                  new InstanceId(event.getDone().getInstance()),
                  event.getDone().getDuplicate()));
      case LOST ->
          Optional.of(
              new WorkloadEvent.TaskLost(
                  at, new TaskId(event.getLost().getTask()), event.getLost().getReason()));
      case PROVED ->
          Optional.of(
              new WorkloadEvent.StateProved(
                  at,
                  new InstanceId(event.getProved().getInstance()),
                  Optional.of(event.getProved().getMismatch()).filter(text -> !text.isEmpty())));
      case STATE, REQUEUED, EVENT_NOT_SET -> Optional.empty();
    };
  }

  private static WorkloadEvent changed(InstanceState state) {
    return new WorkloadEvent.InstanceChanged(
        instant(state.getSinceMicros()),
        new InstanceId(state.getInstance()),
        new WorkloadClassId(state.getWorkloadClass()),
        InstancePhase.valueOf(state.getPhase()),
        HibernationLevel.valueOf(state.getLevel()),
        state.getMemoryBytes(),
        state.getReason());
  }

  /** A time of the protocol. */
  public static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private static InstanceState state(InstanceView view) {
    InstanceState.Builder state =
        InstanceState.newBuilder()
            .setInstance(view.id().value())
            .setWorkloadClass(view.workloadClass().value())
            .setPhase(view.phase().name())
            .setLevel(view.level().name())
            .setSinceMicros(micros(view.at()))
            .setReason(view.reason());
    view.container()
        .ifPresent(
            container ->
                state
                    .setContainer(container.id())
                    .setNode(container.node())
                    .setMemoryBytes(container.memoryBytes())
                    .setMilliCores(container.milliCores()));
    return state.build();
  }

  private static TaskArrived arrived(Instant at, TaskId task, WorkloadClassId workloadClass) {
    return TaskArrived.newBuilder()
        .setTask(task.value())
        .setWorkloadClass(workloadClass.value())
        .setAtMicros(micros(at))
        .build();
  }

  private static long micros(Instant at) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, at);
  }
}
