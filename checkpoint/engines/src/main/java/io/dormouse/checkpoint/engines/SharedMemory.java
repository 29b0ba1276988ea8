package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Memory without a name in any directory, that a process maps together with others or has open.
 *
 * @param inode which CRIU names it by
 * @param file which holds its pages at their offsets
 */
record SharedMemory(long inode, Path file) {
  /** What the kernel calls anonymous shared memory, that of memfd_create(2), and of System V. */
  private static final Pattern NAMES = Pattern.compile("/(dev/zero|memfd:.*|SYSV.*) \\(deleted\\)");

  /** Those of a process that stands still. */
  static List<SharedMemory> of(long pid) throws IOException {
    Path process = Path.of("/proc", Long.toString(pid));
    List<SharedMemory> found = new ArrayList<>();
    for (String directory : List.of("map_files", "fd")) {
      for (Path link : Presence.list(process.resolve(directory))) {
        Optional<String> name = Presence.target(link);
        if (name.isPresent() && NAMES.matcher(name.get()).matches()) {
          found.add(
              new SharedMemory(((Number) Files.getAttribute(link, "unix:ino")).longValue(), link));
        }
      }
    }
    return found;
  }
}
