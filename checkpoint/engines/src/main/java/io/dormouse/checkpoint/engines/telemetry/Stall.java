package io.dormouse.checkpoint.engines.telemetry;

import java.time.Duration;

/**
 * Pressure stall information of one resource (Linux, Documentation/accounting/psi.rst).
 *
 * @param someShare share of the last 10 s, 0 to 1, in which some task waited for the resource
 * @param some time in which some did, so far
 * @param fullShare the same for all tasks at once; 0 where the kernel has no such figure
 * @param full time in which all did
 */
public record Stall(double someShare, Duration some, double fullShare, Duration full) {}
