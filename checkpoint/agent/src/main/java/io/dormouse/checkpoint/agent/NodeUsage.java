package io.dormouse.checkpoint.agent;

import com.google.common.base.Splitter;
import io.dormouse.checkpoint.agentapi.proto.Telemetry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the whole node uses, from {@code /proc/stat} and {@code /proc/meminfo} (proc(5)). */
final class NodeUsage {
  private static final long MICROS_PER_TICK = 10_000;
  private static final int IDLE = 3;
  private static final int IOWAIT = 4;
  private static final int COUNTED = 8;
  private static final Splitter BLANKS = Splitter.on(' ').omitEmptyStrings();

  private final Path proc;

  NodeUsage(Path proc) {
    this.proc = proc;
  }

  void addTo(Telemetry.Builder telemetry) throws IOException {
    long total = 0;
    long available = 0;
    for (String line : Files.readAllLines(proc.resolve("meminfo"))) {
      if (line.startsWith("MemTotal:")) {
        total = kibibytes(line);
      } else if (line.startsWith("MemAvailable:")) {
        available = kibibytes(line);
      }
    }
    telemetry
        .setNodeMemoryTotalBytes(total)
        .setNodeMemoryUsedBytes(total - available)
        .setNodeCpuMicros(cpuMicros());
  }

  private long cpuMicros() throws IOException {
    String first = Files.readAllLines(proc.resolve("stat")).get(0);
    List<String> fields = BLANKS.splitToList(first);
    long ticks = 0;
    for (int i = 0; i < COUNTED && i + 1 < fields.size(); i++) {
      ticks += i == IDLE || i == IOWAIT ? 0 : Long.parseLong(fields.get(i + 1));
    }
    return ticks * MICROS_PER_TICK;
  }

  private static long kibibytes(String line) {
    return Long.parseLong(BLANKS.splitToList(line).get(1)) * 1024;
  }
}
