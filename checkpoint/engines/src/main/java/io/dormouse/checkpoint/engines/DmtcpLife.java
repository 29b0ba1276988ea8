package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.InstanceState.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One life of an instance under DMTCP.
 *
 * @param files what the engine knows of it
 * @param home where it lives
 * @param dmtcpVersion under which it runs
 */
record DmtcpLife(
    InstanceSpec spec,
    InstanceFiles files,
    DmtcpHome home,
    DmtcpProcesses processes,
    DmtcpCommand command,
    String dmtcpVersion) {

  static DmtcpLife of(DmtcpTools tools, InstanceSpec spec, InstanceFiles files, DmtcpHome home) {
    return new DmtcpLife(
        spec,
        files,
        home,
        new DmtcpProcesses(tools, files, home, spec),
        new DmtcpCommand(tools, spec, files),
        tools.version());
  }

  /** How it stands. */
  InstanceState state() {
    OptionalLong pid = processes.instance();
    boolean supervised = pid.isPresent() || Supervisor.isAlive(files);
    // Looked at last: it may end meanwhile, and its status is written before its supervisor goes.
    OptionalInt exit = files.exitStatus();
    if (processes.coordinatorIsLost()) {
      return new InstanceState(
          spec,
          Status.EXITED,
          OptionalLong.empty(),
          OptionalInt.empty(),
          Optional.of(new EngineFailure.SupportLost(spec.id(), "DMTCP coordinator")),
          files.directory(),
          home.files().stdio());
    }
    return new InstanceState(
        spec,
        exit.isPresent() || !supervised ? Status.EXITED : status(pid),
        exit.isPresent() ? OptionalLong.empty() : pid,
        exit,
        files.directory(),
        home.files().stdio());
  }

  private Status status(OptionalLong pid) {
    if (pid.isEmpty() || Presence.exists(files.restoringMark())) {
      return Status.STARTING;
    }
    boolean stands =
        latchIsHeld() || processes.coordinatorIsStopped() || ProcessTree.isStopped(pid.getAsLong());
    return stands ? Status.FROZEN : Status.RUNNING;
  }

  /** Whether it was restored and has not run yet. */
  boolean latchIsHeld() {
    return Presence.exists(DmtcpProcesses.latchHeld(files));
  }

  Outcome<Done> markRestoring() {
    try {
      Files.createFile(files.restoringMark());
      return Outcome.ok(new Done(Duration.ZERO));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("mark the restore of " + spec.id(), e));
    }
  }

  Outcome<Done> unmarkRestoring() {
    try {
      Files.delete(files.restoringMark());
      return Outcome.ok(new Done(Duration.ZERO));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("unmark the restore of " + spec.id(), e));
    }
  }

  /** Makes it stand still, unless it does. */
  Outcome<Done> freeze(Duration timeout) {
    return state()
        .orWhyNotLiving()
        .then(
            now ->
                now.status() == Status.FROZEN
                    ? Outcome.ok(new Done(Duration.ZERO))
                    : ProcessTree.stop(now.pid().orElseThrow(), timeout));
  }

  /** Lets it go on, whatever holds it; returns once all its processes run. */
  Outcome<Done> thaw(Duration timeout) {
    return processes
        .resumeCoordinator()
        .then(done -> resumeTree())
        .then(done -> latchIsHeld() ? releaseLatch(timeout) : awaitRunning(timeout));
  }

  private Outcome<Done> resumeTree() {
    OptionalLong pid = processes.instance();
    return pid.isPresent()
        ? ProcessTree.resume(pid.getAsLong())
        : Outcome.failed(new EngineFailure.ProcessGone(spec.id()));
  }

  private Outcome<Done> awaitRunning(Duration timeout) {
    return command.awaitRunning(timeout, processes::live);
  }

  private Outcome<Done> releaseLatch(Duration timeout) {
    Path held = DmtcpProcesses.latchHeld(files);
    return processes
        .releaseLatch()
        .then(done -> awaitRunning(timeout))
        .then(done -> DmtcpRestore.tidy(home))
        .then(
            done -> {
              EngineErrors.deleteQuietly(held);
              return Outcome.ok(done);
            });
  }
}
