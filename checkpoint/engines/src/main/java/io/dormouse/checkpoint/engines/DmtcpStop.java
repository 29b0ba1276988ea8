package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.DumpOptions.After;
import io.dormouse.checkpoint.engines.InstanceState.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * A dump under DMTCP with what comes before and after it: all of one stop of an instance.
 *
 * @param state how it stood before
 */
record DmtcpStop(DmtcpLife life, InstanceState state, DumpOptions options, InstantSource clock) {
  /** What DMTCP can't do. */
  static Optional<EngineFailure> refusal(String id, DumpOptions options) {
    if (options.connections() == DumpOptions.Connections.CLOSE) {
      return Optional.of(
          new EngineFailure.Unsupported(
              "Closing the connections of " + id,
              "dump it without that: DMTCP keeps connections within the instance, and breaks others."));
    }
    return options.sharedFiles().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new EngineFailure.Unsupported(
                "Sharing files of " + id,
                "leave them out: DMTCP saves no files outside of the instance's home."));
  }

  /** Takes the image; after a failure it stands or runs as before. */
  Outcome<DumpReport> dump(Path image) {
    if (life.latchIsHeld()) {
      return Outcome.failed(
          new EngineFailure.WrongState(state.id(), "restored and held", "thawed once"));
    }
    boolean wasFrozen = state.status() == Status.FROZEN;
    // DMTCP stops processes from within, so one that stands still runs for that moment.
    Outcome<Done> ready =
        wasFrozen ? life.thaw(options.timeout()) : Outcome.ok(new Done(Duration.ZERO));
    return ready
        .then(done -> new DmtcpDump(life, image, options, clock).run())
        .then(this::afterwards)
        .orUndo(failure -> wasFrozen ? life.freeze(options.timeout()) : null);
  }

  private Outcome<DumpReport> afterwards(DumpReport report) {
    Outcome<Done> step =
        options.after() == After.LEAVE_FROZEN
            ? Outcome.ok(new Done(Duration.ZERO))
            : options.after() == After.STOP
                ? life.processes().kill(options.timeout())
                : life.thaw(options.timeout());
    return step.then(done -> Outcome.ok(report));
  }
}
