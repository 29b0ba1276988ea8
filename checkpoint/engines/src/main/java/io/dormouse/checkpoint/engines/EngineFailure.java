package io.dormouse.checkpoint.engines;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Why an engine could not do what was asked. {@link #message} is for people and ends with a likely
 * fix.
 */
public sealed interface EngineFailure {
  String message();

  /** A tool that the operation needs is not there. */
  record ToolMissing(String tool, String fix) implements EngineFailure {
    @Override
    public String message() {
      return "The tool %s is missing.%nMaybe %s".formatted(tool, fix);
    }
  }

  /**
   * A tool ended with an error. {@code logExcerpt}: the last errors of its log, at most 4,000
   * characters.
   */
  record ToolFailed(String tool, int exitStatus, String logExcerpt) implements EngineFailure {
    @Override
    public String message() {
      return "%s failed with status %d: %s%nMaybe this kernel or process does something the tool cannot handle; run the doctor."
          .formatted(tool, exitStatus, logExcerpt);
    }
  }

  /** A tool took too long; it and every process it had started were killed. */
  record TimedOut(String tool, Duration limit, String logExcerpt) implements EngineFailure {
    @Override
    public String message() {
      return "%s did not finish within %d ms and was killed: %s%nMaybe the image is truncated, or the machine is overloaded; verify the image, or allow more time."
          .formatted(tool, limit.toMillis(), logExcerpt);
    }
  }

  /** The process is not there, or died while it was dumped. */
  record ProcessGone(String what) implements EngineFailure {
    @Override
    public String message() {
      return "The process of %s is gone.%nMaybe it ended by itself; there is nothing to dump."
          .formatted(what);
    }
  }

  /** Something that an instance can't be without has ended, and it with that. */
  record SupportLost(String id, String what) implements EngineFailure {
    @Override
    public String message() {
      return "The instance %s was lost with its %s.%nMaybe somebody killed that, or memory ran out; its last image can still be woken."
          .formatted(id, what);
    }
  }

  /** The number that the process must get back is taken. */
  record PidInUse(long pid) implements EngineFailure {
    @Override
    public String message() {
      return "The pid %d of the image is in use on this machine.%nMaybe the original still runs: end it first, or run it in a capsule, which has pids of its own."
          .formatted(pid);
    }
  }

  /** A listening address of the image is taken. */
  record AddressInUse(String logExcerpt) implements EngineFailure {
    @Override
    public String message() {
      return "A network address that the image listens on is in use: %s%nMaybe the original still runs, or its connections linger for up to a minute; try again then."
          .formatted(logExcerpt);
    }
  }

  /** The image is not one this engine can restore. */
  record BadImage(Path image, String reason) implements EngineFailure {
    @Override
    public String message() {
      return "The image %s cannot be restored: %s%nMaybe it is truncated or another engine wrote it; verify it."
          .formatted(image, reason);
    }
  }

  /** A file that the process had open is not what it was and must not be replaced. */
  record FileConflict(Path file, String reason) implements EngineFailure {
    @Override
    public String message() {
      return "The file %s cannot be put back: %s%nMaybe move it away by hand and restore again."
          .formatted(file, reason);
    }
  }

  /** The engine or this host cannot do that at all. */
  record Unsupported(String what, String fix) implements EngineFailure {
    @Override
    public String message() {
      return "%s is not possible here.%nMaybe %s".formatted(what, fix);
    }
  }

  /** The instance is not in the state that the operation needs. */
  record WrongState(String id, String state, String wanted) implements EngineFailure {
    @Override
    public String message() {
      return "The instance %s is %s but must be %s.%nMaybe another command was quicker; look at its state again."
          .formatted(id, state, wanted);
    }
  }

  /** This process has not the rights for it. {@code what} is an infinitive phrase. */
  record NotPermitted(String what) implements EngineFailure {
    @Override
    public String message() {
      return "This program may not %s.%nMaybe run it as root, or give it the capabilities that CRIU names."
          .formatted(what);
    }
  }

  /** No space left for image or layer. */
  record DiskFull(String where) implements EngineFailure {
    @Override
    public String message() {
      return "There is no space left to write %s.%nMaybe delete old images, or put the store on a larger disk."
          .formatted(where);
    }
  }

  /**
   * It could not be looked at how something stands. It says nothing about that: what was there is
   * still there.
   */
  record Unknown(String what, String reason) implements EngineFailure {
    @Override
    public String message() {
      return "It can't be told how things stand (%s): %s%nMaybe this process has too many files open, or the disk is failing; try again."
          .formatted(what, reason);
    }
  }

  /** No file of an instance can be evicted. {@code kept}: why they stay; empty if there is none. */
  record NothingToEvict(String id, String kept) implements EngineFailure {
    @Override
    public String message() {
      String why = kept.isEmpty() ? "it has no large files" : "its large files are " + kept;
      return "There is no data of %s to evict: %s.%nMaybe another level of hibernation fits it better."
          .formatted(id, why);
    }
  }

  /** A file of a frozen instance is not what it was. */
  record DataChanged(String id, String what) implements EngineFailure {
    @Override
    public String message() {
      return "Somebody else changed a file of %s while it stood still: %s%nMaybe put the file back, or end the instance: it must not run with part of its data."
          .formatted(id, what);
    }
  }

  /** Any other trouble with files. */
  record Io(String what, String reason) implements EngineFailure {
    @Override
    public String message() {
      return "Could not %s: %s%nMaybe this needs root, or the directory is not writable."
          .formatted(what, reason);
    }
  }
}
