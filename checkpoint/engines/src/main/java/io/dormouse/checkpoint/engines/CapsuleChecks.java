package io.dormouse.checkpoint.engines;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks at a frozen capsule before it is dumped. */
final class CapsuleChecks {
  private static final Pattern MOUNT = Pattern.compile("^mnt_id:\\s*(\\d+)$", Pattern.MULTILINE);

  private CapsuleChecks() {}

  /**
   * Refuses a capsule that writes a file which is not in its own mounts, as somebody handed it
   * over: it is in no layer, so no image has it.
   */
  static Outcome<Done> refuseOutsideFiles(List<Long> pids, String id) {
    for (long pid : pids) {
      Set<String> mounts = mounts(pid);
      for (WrittenFile file : WrittenFile.of(pid)) {
        if (mountOf(pid, file).filter(mount -> !mounts.contains(mount)).isPresent()) {
          return Outcome.failed(
              new EngineFailure.Unsupported(
                  "Dumping %s, whose process %d writes the file %s outside of its layer,"
                      .formatted(id, pid, file.path()),
                  "let it keep its files in /work or /tmp, or close that one before."));
        }
      }
    }
    return Outcome.ok(new Done(Duration.ZERO));
  }

  private static Optional<String> mountOf(long pid, WrittenFile file) {
    Path descriptor = directory(pid).resolve("fdinfo").resolve(file.handle().getFileName());
    return Presence.read(descriptor)
        .map(MOUNT::matcher)
        .filter(Matcher::find)
        .map(mount -> mount.group(1));
  }

  private static Set<String> mounts(long pid) {
    Set<String> ids = new HashSet<>();
    Presence.read(directory(pid).resolve("mountinfo"))
        .ifPresent(
            text -> text.lines().forEach(line -> ids.add(line.substring(0, line.indexOf(' ')))));
    return ids;
  }

  private static Path directory(long pid) {
    return Path.of("/proc", Long.toString(pid));
  }
}
