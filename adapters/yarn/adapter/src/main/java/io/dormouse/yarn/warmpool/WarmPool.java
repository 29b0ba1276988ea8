package io.dormouse.yarn.warmpool;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.QueuedTask;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.WorkloadEvent;
import io.dormouse.engine.spi.WorkloadRequest.WorkerClass;
import io.dormouse.yarn.warmpool.Worker.State;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps warm workers, hands them tasks and carries out a controller's commands. Pure: inputs come
 * by its methods, time by its clock, and all it does to the world goes through {@link PoolActions}.
 * Unless a controller is in charge, it decides itself: a task that finds no idle worker starts one,
 * and an idle worker ends after the keep-alive. Not thread-safe.
 */
public final class WarmPool {
  /** The launcher's exit code when the image is committed and the process gone. */
  public static final int HIBERNATED_EXIT_CODE = 80;

  private static final Pattern ARGUMENT = Pattern.compile("[^\\p{Cntrl}]{0,8192}");

  private final PoolCore core;
  private final CommandDesk desk;
  private final WorkerTalk talk;
  private final Charge charge = new Charge();

  /** Makes a pool without instances. */
  public WarmPool(PoolSpec spec, PoolActions actions, InstantSource clock) {
    core = new PoolCore(spec, actions, clock);
    desk = new CommandDesk(core, charge);
    talk = new WorkerTalk(core);
  }

  /** A task comes. The same id again, while the task is unfinished, is the same task. */
  public PoolCommand.Outcome submit(TaskId id, WorkloadClassId workloadClass, String argument) {
    if (core.backlog.isUnfinished(id)) {
      return new PoolCommand.Outcome.Done();
    }
    Optional<String> fault = fault(workloadClass, argument);
    if (fault.isPresent()) {
      return new PoolCommand.Outcome.Refused(fault.get());
    }
    PoolTask task = new PoolTask(id, workloadClass, argument, core.now(), 0);
    core.actions.happened(new WorkloadEvent.TaskArrived(task.queuedAt(), id, workloadClass));
    core.backlog.add(task);
    settle();
    return new PoolCommand.Outcome.Done();
  }

  private Optional<String> fault(WorkloadClassId workloadClass, String argument) {
    if (core.kind(workloadClass).isEmpty()) {
      return Optional.of("There is no workload class (%s).".formatted(workloadClass));
    }
    if (!ARGUMENT.matcher(argument).matches()) {
      return Optional.of("The argument must be one line of at most 8192 characters.");
    }
    return core.backlog.isFull()
        ? Optional.of(
            "The queue is full: %d tasks wait.".formatted(core.spec.limits().queuedTasksMax()))
        : Optional.empty();
  }

  /** A controller's command. */
  public PoolCommand.Outcome execute(PoolCommand command) {
    PoolCommand.Outcome outcome = desk.execute(command);
    settle();
    return outcome;
  }

  /** YARN gave a container for an instance. */
  public void containerAllocated(InstanceId id, ContainerRef container) {
    Worker worker = core.roster.get(id);
    if (worker != null && worker.state == State.REQUESTED) {
      worker.container = container;
      core.enter(worker, State.STARTING, core.spec.limits().startTimeout(), "it has a container");
      core.actions.launch(id, worker.kind, container, false);
    } else if (worker != null && worker.state == State.ATTACH_REQUESTED) {
      worker.container = container;
      core.enter(worker, State.ATTACHING, core.spec.limits().attachTimeout(), "it has a container");
      core.actions.launch(id, worker.kind, container, true);
    } else {
      core.actions.releaseContainer(container);
    }
  }

  /**
   * A container ended, or could not be started.
   *
   * @param exitCode of the launcher: {@link #HIBERNATED_EXIT_CODE} tells a hibernation from an end
   */
  public void containerCompleted(String containerId, int exitCode, String diagnostics) {
    core.roster.byContainer(containerId).ifPresent(worker -> lost(worker, exitCode, diagnostics));
    settle();
  }

  private void lost(Worker worker, int exitCode, String diagnostics) {
    worker.container = null;
    // Also where the pool had reclaimed it meanwhile: its source stood still since the image.
    boolean unoccupied = worker.is(State.QUIESCED, State.PROVING, State.IDLE);
    if (unoccupied && exitCode == HIBERNATED_EXIT_CODE) {
      core.hibernated(worker, "its image is durable and its process gone");
    } else if (worker.state == State.ATTACHING) {
      core.hibernated(
          worker, "The wake failed with status %d: %s".formatted(exitCode, diagnostics));
    } else {
      core.end(worker, "Its container ended with status %d: %s".formatted(exitCode, diagnostics));
    }
  }

  /** A worker's relay is there. */
  public void workerConnected(InstanceId id, long link) {
    talk.connected(id, link);
    settle();
  }

  /** A worker said something. */
  public void workerSaid(InstanceId id, long link, WorkerLine line) {
    talk.said(id, link, line);
    settle();
  }

  /** A worker's relay is gone. */
  public void workerGone(InstanceId id, long link) {
    talk.gone(id, link);
  }

  /**
   * A controller says who decides.
   *
   * @param lease how long the controller does unless it says so again; zero where the pool does
   */
  public PoolCommand.Outcome charge(Epoch leader, Duration lease) {
    if (lease.isNegative() || lease.compareTo(Charge.LEASE_MAX) > 0) {
      return new PoolCommand.Outcome.Refused(
          "The lease (%s) must be between 0 and %s.%nMaybe its unit is wrong."
              .formatted(lease, Charge.LEASE_MAX));
    }
    if (!core.spec.engine()) {
      return new PoolCommand.Outcome.Refused("This pool always decides itself.");
    }
    Optional<String> refusal = charge.refusal(leader);
    if (refusal.isPresent()) {
      return new PoolCommand.Outcome.Refused(refusal.get());
    }
    charge.take(core.now().plus(lease));
    settle();
    return new PoolCommand.Outcome.Done();
  }

  /** Time went by: to be called several times a second. */
  public void tick() {
    Instant now = core.now();
    for (Worker worker : core.roster.all()) {
      if (isPast(worker.relayDeadline, now) && worker.link == Worker.NO_LINK) {
        core.end(worker, "Its relay was gone for too long.");
      } else if (isPast(worker.deadline, now)) {
        late(worker);
      } else if (decidesItself() && worker.state == State.IDLE && isPast(idleUntil(worker), now)) {
        core.end(worker, "It was idle for the keep-alive of %s.".formatted(keepAlive()));
      }
    }
    settle();
  }

  /** Ends everything. */
  public void shutdown() {
    core.roster.all().forEach(worker -> core.end(worker, "The application ends."));
  }

  /** All instances that are not ended. */
  public List<InstanceView> instances() {
    return core.roster.all().stream().map(worker -> worker.view("")).toList();
  }

  /** The pool's time, by which all of its events are. */
  Instant now() {
    return core.now();
  }

  /** All tasks that wait. */
  public List<QueuedTask> queued() {
    return core.backlog.all().stream()
        .map(task -> new QueuedTask(task.id(), task.workloadClass(), task.queuedAt()))
        .toList();
  }

  private void late(Worker worker) {
    if (worker.is(State.ATTACH_REQUESTED, State.ATTACHING)) {
      core.hibernated(worker, "The wake took too long.");
    } else {
      core.end(worker, "It took too long while %s.".formatted(worker.state));
    }
  }

  /** Whatever came in: nobody waits beside an idle worker, and somebody decides. */
  private void settle() {
    boolean alone = decidesItself();
    if (alone) {
      core.roster.all(this::isForsaken).forEach(this::reclaim);
    }
    for (WorkerClass kind : core.spec.classes()) {
      core.serve(kind.id());
      if (alone) {
        startOrTrim(kind);
      }
    }
  }

  private boolean decidesItself() {
    return !charge.isTaken(core.now());
  }

  /** A controller's first command may overtake the news that it is in charge. */
  private boolean isForsaken(Worker worker) {
    Instant limit = worker.since.plus(core.spec.limits().reclaimAfter());
    return worker.state == State.QUIESCED && isPast(limit, core.now());
  }

  /** Its agent thaws it when the lease ends, nobody knows when; from then on it serves again. */
  private void reclaim(Worker worker) {
    worker.level = HibernationLevel.L1_RETAINED;
    core.prove(worker, null, "no controller is in charge: it serves once its agent lets it run");
  }

  private void startOrTrim(WorkerClass kind) {
    boolean waiting = core.backlog.size(kind.id()) > 0;
    if (waiting && isWorthAnother(kind) && hasRoom()) {
      core.start(kind, "a task waits and nobody is idle");
    }
    if (!waiting) {
      core.roster
          .all(worker -> worker.state == State.REQUESTED && worker.kind.id().equals(kind.id()))
          .forEach(worker -> core.end(worker, "Nobody waits for it any more."));
    }
  }

  /** Images that only a controller could wake must not keep tasks waiting. */
  private boolean hasRoom() {
    if (core.isFull()) {
      core.roster.all(worker -> worker.state == State.HIBERNATED).stream()
          .min(Comparator.comparing(worker -> worker.since))
          .ifPresent(worker -> core.end(worker, "A task needs its place, and nobody can wake it."));
    }
    return !core.isFull();
  }

  /** One start at a time, and none beside a busy instance that may soon be free. */
  private boolean isWorthAnother(WorkerClass kind) {
    Instant patient = core.now().minus(core.spec.limits().scaleOutPatience());
    return core.roster.coming(kind.id()) == 0 && !core.roster.freeSoon(kind.id(), patient);
  }

  private Instant idleUntil(Worker worker) {
    return worker.since.plus(keepAlive());
  }

  private Duration keepAlive() {
    return core.spec.keepAlive();
  }

  private static boolean isPast(@Nullable Instant limit, Instant now) {
    return limit != null && !now.isBefore(limit);
  }
}
