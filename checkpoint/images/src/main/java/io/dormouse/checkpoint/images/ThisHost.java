package io.dormouse.checkpoint.images;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Takes the fingerprint of the host that this runs on. */
public final class ThisHost {
  private static final Path CPUINFO = Path.of("/proc/cpuinfo");
  private static final String UNKNOWN = "unknown";

  private ThisHost() {}

  /**
   * The fingerprint for images dumped here; what the host does not tell is {@code unknown}.
   *
   * @param toolVersion of the dumping tool, e.g. {@code criu 4.2.1}
   * @throws IOException if the host tells, but can't be read now
   */
  public static HostFingerprint fingerprint(String toolVersion) throws IOException {
    String cpuinfo = ImageFiles.isThere(CPUINFO) ? Files.readString(CPUINFO) : "";
    String flags = field(cpuinfo, "flags");
    return new HostFingerprint(
        System.getProperty("os.version"),
        field(cpuinfo, "model name"),
        Hashing.sha256().hashString(flags, StandardCharsets.UTF_8).toString(),
        toolVersion);
  }

  static String field(String cpuinfo, String name) {
    return cpuinfo
        .lines()
        .filter(l -> l.startsWith(name))
        .map(l -> l.substring(l.indexOf(':') + 1).strip())
        .findFirst()
        .orElse(UNKNOWN);
  }
}
