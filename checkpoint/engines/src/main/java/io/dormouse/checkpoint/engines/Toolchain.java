package io.dormouse.checkpoint.engines;

import java.nio.file.Path;

/**
 * The tools that engines run, as the probe chose them.
 *
 * @param criu a CRIU that passed the probe
 * @param criuVersion e.g. {@code 4.2.1}
 * @param runc a runc that starts
 * @param runcVersion e.g. {@code 1.1.5}
 */
public record Toolchain(Path criu, String criuVersion, Path runc, String runcVersion) {}
