package io.dormouse.yarn.warmpool;

import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.spi.WorkloadEvent;
import io.dormouse.yarn.warmpool.Worker.State;
import java.util.Optional;

/** What workers say and how it changes them. Not thread-safe. */
final class WorkerTalk {
  private final PoolCore core;

  WorkerTalk(PoolCore core) {
    this.core = core;
  }

  void connected(InstanceId id, long link) {
    Worker worker = core.roster.get(id);
    if (worker == null || worker.container == null) {
      core.actions.closeLink(link);
      return;
    }
    if (worker.link != Worker.NO_LINK) {
      core.actions.closeLink(worker.link);
    }
    worker.link = link;
    worker.relayDeadline = null;
    greet(worker);
  }

  private void greet(Worker worker) {
    PoolTask task = worker.task;
    if (worker.state == State.ATTACHING) {
      core.prove(worker, core.spec.limits().attachTimeout(), "its image is back");
    } else if (worker.state == State.PROVING) {
      core.sendProve(worker);
    } else if (worker.state == State.BUSY && task != null) {
      core.sendTask(worker, task);
    } else if (worker.state == State.IDLE) {
      core.serve(worker.kind.id());
    }
  }

  void gone(InstanceId id, long link) {
    Worker worker = core.roster.get(id);
    if (worker == null || worker.link != link) {
      return;
    }
    worker.link = Worker.NO_LINK;
    if (worker.state != State.QUIESCED) {
      worker.relayDeadline = core.now().plus(core.spec.limits().reconnectTimeout());
    }
  }

  void said(InstanceId id, long link, WorkerLine line) {
    Worker worker = core.roster.get(id);
    if (worker == null || worker.link != link) {
      return;
    }
    if (line instanceof WorkerLine.Ready ready) {
      ready(worker, ready);
    } else if (line instanceof WorkerLine.Done done) {
      done(worker, done);
    } else if (line instanceof WorkerLine.Proof proof) {
      proof(worker, proof);
    } else if (line instanceof WorkerLine.Malformed malformed) {
      violated(worker, malformed.reason());
    }
  }

  private void ready(Worker worker, WorkerLine.Ready ready) {
    if (worker.state != State.STARTING) {
      violated(worker, "it said READY while %s".formatted(worker.state));
      return;
    }
    worker.lineage = new Lineage(ready.datasetChecksum(), ready.counter(), null);
    core.free(worker, "its worker has started");
  }

  private void done(Worker worker, WorkerLine.Done done) {
    Lineage lineage = worker.lineage;
    PoolTask task = worker.task;
    if (done.task().equals(worker.lastDone)) {
      return;
    }
    if (lineage == null || task == null || !task.id().equals(done.task())) {
      violated(worker, "it said DONE for (%s), which it does not run".formatted(done.task()));
      return;
    }
    long steps = done.counter() - lineage.counter();
    if (steps != 0 && steps != 1) {
      violated(
          worker,
          "its counter went from %d to %d with one task"
              .formatted(lineage.counter(), done.counter()));
      return;
    }
    worker.lineage = lineage.withCounter(done.counter());
    finish(worker, task.id(), steps == 0);
  }

  private void finish(Worker worker, TaskId task, boolean duplicate) {
    worker.task = null;
    worker.lastDone = task;
    core.backlog.finished(task);
    core.actions.happened(new WorkloadEvent.TaskDone(core.now(), task, worker.id, duplicate));
    core.free(worker, "its task is done");
  }

  private void proof(Worker worker, WorkerLine.Proof proof) {
    Lineage lineage = worker.lineage;
    if (lineage == null) {
      violated(worker, "it said PROOF before READY");
      return;
    }
    if (!proof.nonce().equals(worker.nonce)) {
      return;
    }
    worker.nonce = "";
    Optional<String> mismatch = lineage.mismatch(proof);
    core.actions.happened(new WorkloadEvent.StateProved(core.now(), worker.id, mismatch));
    if (mismatch.isPresent()) {
      violated(worker, "it woke with another state: " + mismatch.get());
      return;
    }
    worker.lineage = lineage.withProof(proof);
    if (worker.state == State.PROVING) {
      core.free(worker, "it is awake and has proved its state");
    }
  }

  private void violated(Worker worker, String reason) {
    core.end(worker, "Ended, as " + reason + ".");
  }
}
