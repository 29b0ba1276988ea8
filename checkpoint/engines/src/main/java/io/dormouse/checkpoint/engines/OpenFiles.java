package io.dormouse.checkpoint.engines;

import static java.util.stream.Collectors.toSet;

import io.dormouse.checkpoint.engines.TreeRecord.SavedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What stopped processes have open: the regular files that they write, as CRIU saves positions in
 * files, not files; and terminals.
 */
final class OpenFiles {
  private static final Pattern TERMINAL =
      Pattern.compile("(/dev/(?:pts/\\d+|tty\\w*|console))(?: \\(deleted\\))?");
  private static final Pattern TERMINAL_MASTER = Pattern.compile("/dev/(?:pts/)?ptmx");
  private static final Pattern TERMINAL_INDEX =
      Pattern.compile("^tty-index:\\s*(\\d+)$", Pattern.MULTILINE);
  private static final String CONTROLLING_TERMINAL = "/dev/tty";

  private OpenFiles() {}

  /**
   * A terminal that one of the processes has open while none of them serves it. CRIU would dump
   * that, but restore it only into another terminal.
   */
  static Optional<String> foreignTerminal(List<Long> pids) {
    Set<String> served = pids.stream().flatMap(OpenFiles::servedTerminals).collect(toSet());
    return pids.stream()
        .flatMap(pid -> openDescriptors(pid).values().stream())
        .map(TERMINAL::matcher)
        .filter(Matcher::matches)
        .map(terminal -> terminal.group(1))
        .filter(terminal -> !served.contains(terminal))
        .filter(terminal -> !terminal.equals(CONTROLLING_TERMINAL) || served.isEmpty())
        .findFirst();
  }

  /** What the kernel says of the masters that a process has open. */
  private static Stream<String> servedTerminals(long pid) {
    return openDescriptors(pid).entrySet().stream()
        .filter(descriptor -> TERMINAL_MASTER.matcher(descriptor.getValue()).matches())
        .flatMap(
            descriptor ->
                Presence.read(Path.of("/proc", Long.toString(pid), "fdinfo", descriptor.getKey()))
                    .stream())
        .map(TERMINAL_INDEX::matcher)
        .filter(Matcher::find)
        .map(index -> "/dev/pts/" + index.group(1));
  }

  /** What a process has open, by descriptor. */
  private static Map<String, String> openDescriptors(long pid) {
    Map<String, String> targets = new LinkedHashMap<>();
    for (Path descriptor : Presence.list(Path.of("/proc", Long.toString(pid), "fd"))) {
      Presence.target(descriptor)
          .ifPresent(target -> targets.put(descriptor.getFileName().toString(), target));
    }
    return targets;
  }

  /** Copies their content into the image, but of those declared as shared. */
  static List<SavedFile> save(List<Long> pids, Path image, DumpOptions options) throws IOException {
    Map<String, Path> found = new LinkedHashMap<>();
    for (long pid : pids) {
      for (WrittenFile file : WrittenFile.of(pid)) {
        if (!options.isShared(Path.of(file.path()))) {
          found.putIfAbsent(file.path(), file.handle());
        }
      }
    }
    Files.createDirectory(image.resolve("files"), Private.DIRECTORY);
    List<SavedFile> saved = new ArrayList<>();
    for (Map.Entry<String, Path> each : found.entrySet()) {
      saved.add(save(each.getKey(), each.getValue(), Integer.toString(saved.size()), image));
    }
    return saved;
  }

  // Read through the descriptor: this very file, whatever its name means by now.
  private static SavedFile save(String path, Path descriptor, String name, Path image)
      throws IOException {
    Map<String, Object> attributes = Files.readAttributes(descriptor, "unix:uid,gid,mode");
    SavedFile file =
        new SavedFile(
            path,
            name,
            Integer.toUnsignedLong((Integer) attributes.getOrDefault("uid", -1)),
            Integer.toUnsignedLong((Integer) attributes.getOrDefault("gid", -1)),
            (Integer) attributes.getOrDefault("mode", 0) & 07777);
    Path copy = Files.createFile(TreeRecord.content(image, file), Private.FILE);
    try (var out = Files.newOutputStream(copy)) {
      Files.copy(descriptor, out);
    }
    return file;
  }
}
