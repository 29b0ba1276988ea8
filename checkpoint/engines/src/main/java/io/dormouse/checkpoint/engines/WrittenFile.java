package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A regular file, not deleted, that a process has open for writing, or mapped so that what it
 * writes to that memory gets to the file.
 *
 * @param path as the process knows it
 * @param handle this very file, whatever its name means by now
 * @param key the same for the same file
 */
record WrittenFile(String path, Path handle, Object key) {
  private static final int ACCESS_MODE = 3;
  private static final String DELETED = " (deleted)";
  private static final Pattern SHARED_WRITABLE =
      Pattern.compile("([0-9a-f]+-[0-9a-f]+) .w.s \\S+ \\S+ [1-9]\\d* +/.*");

  /** All of a process; none if it is gone. */
  static List<WrittenFile> of(long pid) {
    Path process = Path.of("/proc", Long.toString(pid));
    List<WrittenFile> files = new ArrayList<>();
    for (Path descriptor : Presence.list(process.resolve("fd")).stream().sorted().toList()) {
      if (isWritable(process, descriptor)) {
        of(descriptor).ifPresent(files::add);
      }
    }
    for (String line : Presence.read(process.resolve("maps")).orElse("").lines().toList()) {
      var mapping = SHARED_WRITABLE.matcher(line);
      if (mapping.matches()) {
        of(process.resolve("map_files").resolve(unpadded(mapping.group(1)))).ifPresent(files::add);
      }
    }
    return files;
  }

  /** The same; none of a process that must not be looked at. */
  static List<WrittenFile> visibleOf(long pid) {
    try {
      return of(pid);
    } catch (UncheckedIOException e) {
      // Another user's: what can't be looked at can't be told.
      return List.of();
    }
  }

  // The names in map_files have no leading zeros.
  private static String unpadded(String range) {
    return range.replaceAll("(^|-)0+(?=[0-9a-f])", "$1");
  }

  private static Optional<WrittenFile> of(Path handle) {
    Optional<String> target = Presence.target(handle).filter(t -> isName(t));
    if (target.isEmpty()) {
      return Optional.empty();
    }
    try {
      BasicFileAttributes attributes = Files.readAttributes(handle, BasicFileAttributes.class);
      return attributes.isRegularFile()
          ? Optional.of(
              new WrittenFile(
                  target.get(),
                  handle,
                  Objects.requireNonNull(attributes.fileKey(), "Linux has inodes")))
          : Optional.empty();
    } catch (IOException e) {
      if (Presence.exists(handle)) {
        throw new UncheckedIOException(handle + " can't be looked at", e);
      }
      return Optional.empty();
    }
  }

  private static boolean isName(String target) {
    return target.startsWith("/") && !target.endsWith(DELETED) && !target.startsWith("/memfd:");
  }

  private static boolean isWritable(Path process, Path descriptor) {
    return Presence.read(process.resolve("fdinfo").resolve(descriptor.getFileName()))
        .orElse("")
        .lines()
        .filter(line -> line.startsWith("flags:"))
        .anyMatch(line -> (Integer.parseInt(line.substring(6).strip(), 8) & ACCESS_MODE) != 0);
  }
}
