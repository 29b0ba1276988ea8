package io.dormouse.checkpoint.images;

/**
 * What of the dumping host matters to whoever restores.
 *
 * @param kernelRelease as {@code uname -r}
 * @param cpuModel model name of the first processor
 * @param cpuFlagsSha256 SHA-256 over the processor's feature flags, hexadecimal
 * @param toolVersion version of the dumping tool, e.g. {@code criu 4.2.1}
 */
public record HostFingerprint(
    String kernelRelease, String cpuModel, String cpuFlagsSha256, String toolVersion) {}
