package io.dormouse.checkpoint.engines;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * Stops and dumps running things. Every operation has a time limit after which its tools, children
 * included, are killed. Safe for use by several threads as long as no two work on the same target.
 *
 * @param <T> how the engine names a running thing: an instance's id, or a pid
 */
public interface CheckpointEngine<T> {
  /**
   * As it stands in manifests: {@code capsule}, {@code process-tree}, {@code dmtcp} or {@code
   * signals}.
   */
  String name();

  Set<Ability> abilities();

  /** Returns once nothing of the target runs any more. Fine if frozen already. */
  Outcome<Done> freeze(T target, Duration timeout);

  /** Lets a frozen target go on. Fine if it runs already. */
  Outcome<Done> thaw(T target, Duration timeout);

  /**
   * Writes an image into an existing empty directory.
   *
   * <p>After a failure the target is frozen or running as it was before, and the directory's
   * content is worthless.
   */
  Outcome<DumpReport> dump(T target, Path imageDirectory, DumpOptions options);

  /**
   * Whether a file of an image is written from begin to end and never changed, so that it can be
   * read while it grows.
   *
   * @param file relative to the image's directory
   */
  boolean writesOnce(Path file);

  /**
   * Kills all of the target, frozen or not, without letting it run another instruction of its own.
   */
  Outcome<Done> kill(T target, Duration timeout);
}
