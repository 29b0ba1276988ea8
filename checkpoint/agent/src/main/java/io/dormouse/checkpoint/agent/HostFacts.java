package io.dormouse.checkpoint.agent;

import com.google.common.hash.Hashing;
import io.dormouse.checkpoint.images.HostFingerprint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What of this host goes into its images' manifests. */
final class HostFacts {
  private HostFacts() {}

  static HostFingerprint read(Path proc, String toolVersion) throws IOException {
    List<String> cpu = Files.readAllLines(proc.resolve("cpuinfo"));
    return new HostFingerprint(
        Files.readString(proc.resolve("sys/kernel/osrelease")).strip(),
        value(cpu, "model name"),
        Hashing.sha256().hashString(value(cpu, "flags"), StandardCharsets.UTF_8).toString(),
        toolVersion);
  }

  private static String value(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }
}
