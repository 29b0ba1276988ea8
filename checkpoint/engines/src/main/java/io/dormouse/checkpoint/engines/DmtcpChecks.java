package io.dormouse.checkpoint.engines;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What DMTCP would dump without a word, and bring back as something else. */
final class DmtcpChecks {
  // DMTCP has one of its own in each process, which nobody may read.
  private static final Pattern SHARED =
      Pattern.compile("\\S+ [r-][w-][x-]s \\S+ (\\S+) (\\d+) +\\S.* \\(deleted\\)");
  private static final String UNREADABLE = " ---s ";

  private DmtcpChecks() {}

  /** Refuses memory without a file that several processes share: each would get its own. */
  static Optional<EngineFailure> sharedMemory(String id, List<Long> pids) {
    Map<String, Long> owners = new HashMap<>();
    for (long pid : pids) {
      for (String area : areas(Presence.read(Path.of("/proc", pid + "", "maps")).orElse(""))) {
        Long other = owners.putIfAbsent(area, pid);
        if (other != null) {
          return Optional.of(
              new EngineFailure.Unsupported(
                  "Dumping %s, whose processes %d and %d share memory,".formatted(id, other, pid),
                  "CRIU can: DMTCP would give each of them a copy of its own."));
        }
      }
    }
    return Optional.empty();
  }

  static Set<String> areas(String maps) {
    Set<String> areas = new HashSet<>();
    for (String line : maps.lines().toList()) {
      Matcher shared = SHARED.matcher(line);
      if (!line.contains(UNREADABLE) && shared.matches()) {
        areas.add(shared.group(1) + " " + shared.group(2));
      }
    }
    return areas;
  }
}
