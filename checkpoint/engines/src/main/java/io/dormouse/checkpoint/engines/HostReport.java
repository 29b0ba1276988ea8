package io.dormouse.checkpoint.engines;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What of checkpointing works on this host, found by doing it.
 *
 * @param kernelRelease as {@code uname -r}
 * @param criu the CRIU that was chosen, or the best of those refused
 * @param runc the runc that was chosen
 * @param freezer how a capsule is frozen
 * @param capsule whether a capsule went through dump and frozen restore
 * @param tracking whether the kernel tells CRIU which pages changed
 * @param probedAt when this was tried
 */
public record HostReport(
    String kernelRelease,
    Tool criu,
    Tool runc,
    Freezer freezer,
    Check capsule,
    Check tracking,
    Instant probedAt) {

  /** Which cgroup file stops a capsule. */
  public enum Freezer {
    CGROUP_V1,
    CGROUP_V2,
    NONE
  }

  /** Whether something works. */
  public enum Verdict {
    WORKING,
    BROKEN,
    MISSING
  }

  /** A verdict with its reason; the reason of what is not working names a fix. */
  public record Check(Verdict verdict, String reason) {}

  /** A tool, where it lies, and how it did. {@code origin}: configured, path, or provisioned. */
  public record Tool(
      String name,
      Optional<Path> path,
      String version,
      String origin,
      Check check,
      List<String> refused) {}

  /** Whether instances can run in capsules and be dumped to images. */
  public boolean imagesWork() {
    return capsule.verdict() == Verdict.WORKING;
  }

  /** The tools that engines may use, if both work. */
  public Optional<Toolchain> toolchain() {
    boolean tracks = tracking.verdict() == Verdict.WORKING;
    return toolchain(criu, runc)
        .map(
            tools ->
                new Toolchain(
                    tools.criu(), tools.criuVersion(), tools.runc(), tools.runcVersion(), tracks));
  }

  static Optional<Toolchain> toolchain(Tool criu, Tool runc) {
    boolean work =
        criu.check().verdict() == Verdict.WORKING && runc.check().verdict() == Verdict.WORKING;
    return work && criu.path().isPresent() && runc.path().isPresent()
        ? Optional.of(
            new Toolchain(criu.path().get(), criu.version(), runc.path().get(), runc.version()))
        : Optional.empty();
  }
}
