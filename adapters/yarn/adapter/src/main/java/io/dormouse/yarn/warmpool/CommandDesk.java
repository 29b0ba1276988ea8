package io.dormouse.yarn.warmpool;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.SchedulerCommand;
import io.dormouse.yarn.warmpool.PoolCommand.Outcome;
import io.dormouse.yarn.warmpool.Worker.State;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Carries out a controller's commands, each request id once. Not thread-safe. */
final class CommandDesk {
  private static final int REMEMBERED_MAX = 10_000;
  private static final Outcome DONE = new Outcome.Done();

  private final PoolCore core;
  private final Map<String, Outcome> outcomes =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Outcome> eldest) {
          return size() > REMEMBERED_MAX;
        }
      };
  private final Charge charge;

  CommandDesk(PoolCore core, Charge charge) {
    this.core = core;
    this.charge = charge;
  }

  Outcome execute(PoolCommand request) {
    Optional<String> refusal = charge.refusal(request.epoch());
    if (refusal.isPresent()) {
      return refused(refusal.get());
    }
    String id = request.command().requestId();
    Outcome known = outcomes.get(id);
    if (known != null) {
      return known;
    }
    Outcome outcome = carryOut(request.command());
    outcomes.put(id, outcome);
    return outcome;
  }

  private Outcome carryOut(SchedulerCommand command) {
    if (command instanceof SchedulerCommand.Start start) {
      return start(start);
    } else if (command instanceof SchedulerCommand.Terminate end) {
      return terminate(end.instance());
    } else if (command instanceof SchedulerCommand.Quiesce quiesce) {
      return on(quiesce.instance(), worker -> quiesce(worker, quiesce.to()));
    } else if (command instanceof SchedulerCommand.Resume resume) {
      return on(resume.instance(), this::resume);
    } else if (command instanceof SchedulerCommand.Allocate allocate) {
      return on(allocate.instance(), worker -> allocate(worker, allocate.near()));
    } else if (command instanceof SchedulerCommand.Release release) {
      return on(release.instance(), this::release);
    }
    throw new IllegalArgumentException("The command (%s) is unknown here.".formatted(command));
  }

  private Outcome start(SchedulerCommand.Start command) {
    if (core.isFull()) {
      return refused("The pool already keeps %d instances.".formatted(core.roster.size()));
    }
    var kind = core.kind(command.workloadClass());
    if (kind.isEmpty()) {
      return refused("There is no workload class (%s).".formatted(command.workloadClass()));
    }
    core.start(kind.get(), "the controller wants one");
    return DONE;
  }

  private Outcome terminate(InstanceId id) {
    Worker worker = core.roster.get(id);
    if (worker != null) {
      core.end(worker, "the controller ended it");
      core.serve(worker.kind.id());
    }
    return DONE;
  }

  private Outcome quiesce(Worker worker, HibernationLevel to) {
    if (worker.state == State.QUIESCED) {
      return DONE;
    }
    if (worker.state != State.IDLE) {
      return refused(worker);
    }
    if (Worker.isFrozenAt(to)) {
      worker.level = to;
    }
    core.enter(worker, State.QUIESCED, null, "the controller hibernates it");
    return DONE;
  }

  /**
   * The process runs. Its relay may be slower than the controller, and the thaw of one that was
   * reclaimed later: either way it serves once it has proved its state, which a frozen one can't.
   */
  private Outcome resume(Worker worker) {
    if (worker.is(State.IDLE, State.BUSY)) {
      return DONE;
    }
    if (worker.state == State.PROVING) {
      core.expectProof(worker);
      return DONE;
    }
    if (worker.state == State.ATTACHING) {
      core.prove(worker, core.spec.limits().answerTimeout(), "the controller has restored it");
      return DONE;
    }
    if (worker.state != State.QUIESCED) {
      return refused(worker);
    }
    core.prove(worker, core.spec.limits().answerTimeout(), "the controller resumed it");
    return DONE;
  }

  private Outcome allocate(Worker worker, Optional<NodeId> near) {
    if (worker.is(State.ATTACH_REQUESTED, State.ATTACHING, State.PROVING, State.IDLE, State.BUSY)) {
      return DONE;
    }
    if (worker.state != State.HIBERNATED) {
      return refused(worker);
    }
    core.enter(
        worker,
        State.ATTACH_REQUESTED,
        core.spec.limits().attachTimeout(),
        "the controller wakes it");
    core.actions.requestContainer(worker.id, worker.kind, near);
    return DONE;
  }

  private Outcome release(Worker worker) {
    if (worker.state == State.HIBERNATED) {
      return DONE;
    }
    if (!worker.is(State.QUIESCED, State.ATTACH_REQUESTED, State.ATTACHING)) {
      return refused(worker);
    }
    core.hibernated(worker, "the controller released it");
    return DONE;
  }

  private Outcome on(InstanceId id, Function<Worker, Outcome> work) {
    Worker worker = core.roster.get(id);
    return worker == null
        ? refused("There is no instance (%s).%nMaybe it has ended.".formatted(id))
        : work.apply(worker);
  }

  private static Outcome refused(Worker worker) {
    return refused("The instance (%s) is %s.".formatted(worker.id, worker.state));
  }

  private static Outcome refused(String reason) {
    return new Outcome.Refused(reason);
  }
}
