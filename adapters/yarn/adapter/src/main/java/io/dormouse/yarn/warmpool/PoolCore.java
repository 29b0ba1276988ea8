package io.dormouse.yarn.warmpool;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.WorkloadEvent;
import io.dormouse.engine.spi.WorkloadRequest.WorkerClass;
import io.dormouse.yarn.warmpool.Worker.State;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The state of a pool and the moves that all its inputs are made of. Not thread-safe. */
final class PoolCore {
  final PoolSpec spec;
  final PoolActions actions;
  final Roster roster;
  final Backlog backlog;
  private final InstantSource clock;
  private long nonces;

  PoolCore(PoolSpec spec, PoolActions actions, InstantSource clock) {
    this.spec = spec;
    this.actions = actions;
    this.clock = clock;
    roster = new Roster(spec.idPrefix());
    backlog = new Backlog(spec.limits().queuedTasksMax());
  }

  Instant now() {
    return clock.instant();
  }

  Optional<WorkerClass> kind(WorkloadClassId id) {
    return spec.classes().stream().filter(kind -> kind.id().equals(id)).findFirst();
  }

  boolean isFull() {
    return roster.size() >= spec.limits().instancesMax();
  }

  void start(WorkerClass kind, String reason) {
    Worker worker = roster.create(kind, now());
    actions.changed(worker.view(reason));
    actions.requestContainer(worker.id, kind, Optional.empty());
  }

  void enter(Worker worker, State state, @Nullable Duration timeout, String reason) {
    worker.state = state;
    worker.since = now();
    worker.deadline = timeout == null ? null : worker.since.plus(timeout);
    actions.changed(worker.view(reason));
  }

  /** Gives a free worker the next task of its class, or lets it be idle. */
  void free(Worker worker, String reason) {
    worker.level = HibernationLevel.AWAKE;
    Optional<PoolTask> next = backlog.poll(worker.kind.id());
    if (next.isPresent()) {
      assign(worker, next.get(), reason);
    } else {
      enter(worker, State.IDLE, null, reason);
    }
  }

  void assign(Worker worker, PoolTask task, String reason) {
    worker.task = task.attempted();
    enter(worker, State.BUSY, spec.limits().taskTimeout(), reason);
    actions.happened(new WorkloadEvent.TaskStarted(worker.since, task.id(), worker.id));
    sendTask(worker, task);
  }

  void sendTask(Worker worker, PoolTask task) {
    actions.send(worker.link, "TASK %s %s".formatted(task.id(), task.argument()));
  }

  /**
   * Asks a woken worker for its state.
   *
   * @param timeout none where nobody knows when it runs again
   */
  void prove(Worker worker, @Nullable Duration timeout, String reason) {
    worker.nonce = "n" + ++nonces;
    enter(worker, State.PROVING, timeout, reason);
    sendProve(worker);
  }

  /** A worker that was asked for its state runs now, and has the usual time to answer. */
  void expectProof(Worker worker) {
    if (worker.deadline == null) {
      worker.deadline = now().plus(spec.limits().answerTimeout());
    }
  }

  void sendProve(Worker worker) {
    if (worker.link != Worker.NO_LINK) {
      actions.send(worker.link, "PROVE " + worker.nonce);
    } else {
      worker.relayDeadline = now().plus(spec.limits().reconnectTimeout());
    }
  }

  /** Hands waiting tasks of a class to idle workers. */
  void serve(WorkloadClassId workloadClass) {
    while (backlog.size(workloadClass) > 0) {
      Optional<Worker> idle = roster.idle(workloadClass);
      if (idle.isEmpty()) {
        return;
      }
      backlog.poll(workloadClass).ifPresent(task -> assign(idle.get(), task, "a task came"));
    }
  }

  /** Back to having an image and nothing else. */
  void hibernated(Worker worker, String reason) {
    letGo(worker);
    worker.level = HibernationLevel.L3_FULL_SNAPSHOT;
    enter(worker, State.HIBERNATED, null, reason);
  }

  void end(Worker worker, String reason) {
    letGo(worker);
    worker.level = HibernationLevel.TERMINATED;
    enter(worker, State.ENDED, null, reason);
    roster.remove(worker);
    PoolTask task = worker.task;
    worker.task = null;
    if (task != null) {
      retry(task, reason);
    }
  }

  private void letGo(Worker worker) {
    if (worker.is(State.REQUESTED, State.ATTACH_REQUESTED)) {
      actions.cancelRequest(worker.id);
    }
    if (worker.link != Worker.NO_LINK) {
      actions.closeLink(worker.link);
      worker.link = Worker.NO_LINK;
    }
    if (worker.container != null) {
      actions.releaseContainer(worker.container);
      worker.container = null;
    }
    worker.relayDeadline = null;
  }

  private void retry(PoolTask task, String reason) {
    if (task.attempts() < spec.limits().attemptsMax()) {
      backlog.addFirst(task);
      actions.requeued(task, now());
      return;
    }
    backlog.finished(task.id());
    actions.happened(
        new WorkloadEvent.TaskLost(
            now(), task.id(), "Given up after %d attempts: %s".formatted(task.attempts(), reason)));
  }
}
