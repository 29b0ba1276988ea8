package io.dormouse.checkpoint.engines;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * How to dump. File locks are always dumped.
 *
 * @param after what becomes of the process once the image is complete; after a failure it is always
 *     as before
 * @param timeout for the whole dump, copying files included
 * @param connections what becomes of established TCP connections
 * @param sharedFiles absolute paths of files, or of directories with all below, that others write
 *     too: they stay as they are, in a dump and in a restore
 * @param startTicks when the process that is meant was started, in clock ticks since boot as in
 *     /proc/PID/stat: another that got its pid is not dumped
 * @param inherits whether the image may lack what the one that is {@link InstanceEngine#tracked}
 *     has
 * @param live whether the image may lack pages that the processes, which are left frozen, have in
 *     memory: to be read there before they go on
 */
public record DumpOptions(
    After after,
    Duration timeout,
    Connections connections,
    List<Path> sharedFiles,
    OptionalLong startTicks,
    boolean inherits,
    boolean live) {

  /** What becomes of a dumped process. */
  public enum After {
    STOP,
    KEEP_RUNNING,
    LEAVE_FROZEN
  }

  /** What becomes of established TCP connections. */
  public enum Connections {
    /**
     * They go on in the restored process, and those at the other ends notice nothing but a pause.
     * Of a process that is stopped, their packets are dropped on this host from the dump to the
     * restore.
     */
    KEEP,
    /** The restored process finds them closed. */
    CLOSE
  }

  public DumpOptions {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException(
          "The timeout (%s) of a dump must be positive.".formatted(timeout));
    }
    if (live && after != After.LEAVE_FROZEN) {
      throw new IllegalArgumentException(
          "The pages of a dump must be written if the process does not stay frozen.");
    }
    for (Path file : sharedFiles) {
      if (!file.isAbsolute() || !file.normalize().equals(file)) {
        throw new IllegalArgumentException(
            "The shared file (%s) of a dump must be an absolute path without dots."
                .formatted(file));
      }
    }
    sharedFiles = List.copyOf(sharedFiles);
  }

  /** Connections are kept, and no file is shared. */
  public DumpOptions(After after, Duration timeout) {
    this(after, timeout, Connections.KEEP, List.of(), OptionalLong.empty(), false, false);
  }

  /** With a minute's time. */
  public static DumpOptions of(After after) {
    return new DumpOptions(after, Duration.ofMinutes(1));
  }

  public DumpOptions with(Connections connections) {
    return new DumpOptions(after, timeout, connections, sharedFiles, startTicks, inherits, live);
  }

  public DumpOptions withSharedFiles(List<Path> files) {
    return new DumpOptions(after, timeout, connections, files, startTicks, inherits, live);
  }

  public DumpOptions withStartTicks(long ticks) {
    return new DumpOptions(
        after, timeout, connections, sharedFiles, OptionalLong.of(ticks), inherits, live);
  }

  /** The same for an image that may lack what the last one has. */
  public DumpOptions inheriting(boolean may) {
    return new DumpOptions(after, timeout, connections, sharedFiles, startTicks, may, live);
  }

  /** The same for an image that may lack what is in memory; that of a frozen process only. */
  public DumpOptions live(boolean may) {
    return new DumpOptions(after, timeout, connections, sharedFiles, startTicks, inherits, may);
  }

  boolean isShared(Path file) {
    return sharedFiles.stream().anyMatch(file::startsWith);
  }
}
