package io.dormouse.checkpoint.hosts;

import java.util.Collections;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * What of the dumping host matters to whoever restores. What a host does not tell is {@code
 * unknown}.
 *
 * @param kernelRelease as {@code uname -r}
 * @param cpuModel model name of the first processor
 * @param cpuFeatures what programs may have found and use of the first processor, as Linux names
 *     it; empty in images that were made before this was recorded
 * @param libc e.g. {@code glibc 2.36}
 * @param cgroups {@code v1}, {@code v2} or {@code hybrid}
 * @param storage type of the file system that instances write to, e.g. {@code ext4}
 * @param toolVersion version of the dumping tool, e.g. {@code criu 4.2.1}
 */
public record HostFingerprint(
    String kernelRelease,
    String cpuModel,
    NavigableSet<String> cpuFeatures,
    String libc,
    String cgroups,
    String storage,
    String toolVersion) {
  /** Stands for what a host does not tell. */
  public static final String UNKNOWN = "unknown";

  /** Copies the features. */
  public HostFingerprint {
    cpuFeatures = Collections.unmodifiableNavigableSet(new TreeSet<>(cpuFeatures));
  }

  /** As images of format version 2 have it: little is known. */
  public static HostFingerprint early(String kernelRelease, String cpuModel, String toolVersion) {
    return new HostFingerprint(
        kernelRelease, cpuModel, new TreeSet<>(), UNKNOWN, UNKNOWN, UNKNOWN, toolVersion);
  }
}
