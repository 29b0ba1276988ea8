package io.dormouse.checkpoint.engines;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Files that a process tree writes together with others. To restore the tree with their content of
 * the dump would undo what the others wrote since.
 */
final class SharedFiles {
  private SharedFiles() {}

  /** A file, and who writes it besides. */
  record Found(String path, long otherPid) {}

  /** One that is not declared as shared; empty if there is none. */
  static Optional<Found> undeclared(List<Long> tree, DumpOptions options) {
    Map<Object, WrittenFile> own =
        tree.stream()
            .flatMap(pid -> WrittenFile.of(pid).stream())
            .filter(file -> !options.isShared(Path.of(file.path())))
            .collect(
                Collectors.toMap(WrittenFile::key, Function.identity(), (first, again) -> first));
    if (own.isEmpty()) {
      return Optional.empty();
    }
    Set<Long> members = new HashSet<>(tree);
    for (ProcFs.Stat other : ProcFs.all()) {
      if (members.contains(other.pid()) || other.isZombie()) {
        continue;
      }
      for (WrittenFile file : WrittenFile.visibleOf(other.pid())) {
        WrittenFile both = own.get(file.key());
        if (both != null) {
          return Optional.of(new Found(both.path(), other.pid()));
        }
      }
    }
    return Optional.empty();
  }
}
