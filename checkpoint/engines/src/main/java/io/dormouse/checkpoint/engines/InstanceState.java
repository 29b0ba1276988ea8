package io.dormouse.checkpoint.engines;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * An instance as the engine finds it, also after a restart of the engine's own process.
 *
 * @param spec what it runs
 * @param status see {@link Status}
 * @param pid host pid of its first process, while there is one
 * @param exitStatus once {@link Status#EXITED}; 128 + signal if a signal ended it; empty if nobody
 *     saw the end, or it did not end by itself
 * @param loss what it did not survive, if that is known
 * @param directory the engine's own files of it
 * @param stdio host paths of its standard streams
 */
public record InstanceState(
    InstanceSpec spec,
    Status status,
    OptionalLong pid,
    OptionalInt exitStatus,
    Optional<EngineFailure> loss,
    Path directory,
    Stdio stdio) {

  /** Of which no loss is known. */
  public InstanceState(
      InstanceSpec spec,
      Status status,
      OptionalLong pid,
      OptionalInt exitStatus,
      Path directory,
      Stdio stdio) {
    this(spec, status, pid, exitStatus, Optional.empty(), directory, stdio);
  }

  /** Where an instance stands. */
  public enum Status {
    /** Being started or restored; nothing of its own has run in this life. */
    STARTING,
    RUNNING,
    FROZEN,
    EXITED
  }

  /**
   * Standard streams, owned by the instance's owner.
   *
   * @param stdin FIFO that the instance reads; it never sees an end of file
   * @param stdout FIFO that the instance writes; it blocks when 64 KiB are unread
   * @param stderr regular file, appended
   */
  public record Stdio(Path stdin, Path stdout, Path stderr) {}

  public String id() {
    return spec.id();
  }

  /** Itself while it runs or is frozen. */
  Outcome<InstanceState> orWhyNotLiving() {
    return switch (status) {
      case RUNNING, FROZEN -> Outcome.ok(this);
      case STARTING ->
          Outcome.failed(new EngineFailure.WrongState(id(), "starting", "running or frozen"));
      case EXITED -> Outcome.failed(new EngineFailure.ProcessGone(id()));
    };
  }
}
