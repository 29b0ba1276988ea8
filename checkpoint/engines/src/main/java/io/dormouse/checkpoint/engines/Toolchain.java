package io.dormouse.checkpoint.engines;

import java.nio.file.Path;

/**
 * The tools that engines run, as the probe chose them.
 *
 * @param criu a CRIU that passed the probe
 * @param criuVersion e.g. {@code 4.2.1}
 * @param runc a runc that starts
 * @param runcVersion e.g. {@code 1.1.5}
 * @param tracksMemory whether the kernel tells CRIU which pages changed
 */
public record Toolchain(
    Path criu, String criuVersion, Path runc, String runcVersion, boolean tracksMemory) {
  /** Tools that dump all of the memory. */
  public Toolchain(Path criu, String criuVersion, Path runc, String runcVersion) {
    this(criu, criuVersion, runc, runcVersion, false);
  }
}
