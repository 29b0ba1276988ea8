package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.TreeRecord.SavedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts saved files back. What is found in their places is moved aside, never overwritten. The
 * directories may belong to somebody who is not trusted.
 */
final class SavedFiles {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss").withZone(ZoneOffset.UTC);

  private static final int SPECIAL_BITS = 07000;

  private final Path image;
  private final String suffix;
  private final Deque<Undo> done = new ArrayDeque<>();
  private final List<Path> movedAside = new ArrayList<>();

  private record Undo(Path placed, Optional<Path> aside) {}

  SavedFiles(Path image, InstantSource clock) {
    this.image = image;
    this.suffix = ".before-restore-" + STAMP.format(clock.instant());
  }

  /** The files as they were found, under their new names. */
  List<Path> movedAside() {
    return List.copyOf(movedAside);
  }

  /** Places all files, or none. */
  Outcome<Done> place(List<SavedFile> files) {
    for (SavedFile file : files) {
      EngineFailure conflict = conflict(file);
      if (conflict != null) {
        return Outcome.failed(conflict);
      }
    }
    return placeAll(files).orUndo(failure -> undo());
  }

  private Outcome<Done> placeAll(List<SavedFile> files) {
    try {
      for (SavedFile file : files) {
        place(file);
      }
      return Outcome.ok(new Done(Duration.ZERO));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("put the saved files back", e));
    }
  }

  private static @Nullable EngineFailure conflict(SavedFile file) {
    Path path = Path.of(file.path());
    if ((file.mode() & SPECIAL_BITS) != 0) {
      return new EngineFailure.FileConflict(path, "its mode had bits that are not given back");
    }
    try (HeldDirectory directory = directory(path)) {
      Optional<PosixFileAttributes> found = directory.look(name(path));
      if (found.isPresent() && !found.get().isRegularFile()) {
        return new EngineFailure.FileConflict(
            path, "something else than a regular file has its name now");
      }
      return found.isEmpty() || found.get().owner().equals(HeldDirectory.user(file.uid()))
          ? null
          : new EngineFailure.FileConflict(path, "it belongs to another user now");
    } catch (IOException e) {
      return new EngineFailure.FileConflict(
          path, "its directory is gone, or reached by a link now (%s)".formatted(e));
    }
  }

  private void place(SavedFile file) throws IOException {
    Path path = Path.of(file.path());
    Path name = name(path);
    Path content = TreeRecord.content(image, file);
    try (HeldDirectory directory = directory(path)) {
      Optional<PosixFileAttributes> found = directory.look(name);
      boolean regular = found.isPresent() && found.get().isRegularFile();
      if (regular && directory.hasContent(name, content)) {
        return;
      }
      Optional<Path> aside = Optional.empty();
      if (found.isPresent()) {
        Path free = freeName(directory, name);
        directory.rename(name, free);
        movedAside.add(path.resolveSibling(free));
        aside = Optional.of(free);
      }
      done.push(new Undo(path, aside));
      directory.put(name, content, file);
    }
  }

  private Path freeName(HeldDirectory directory, Path name) throws IOException {
    Path free = Path.of(name + suffix);
    for (int i = 2; directory.look(free).isPresent(); i++) {
      free = Path.of(name + suffix + "-" + i);
    }
    return free;
  }

  private static HeldDirectory directory(Path path) throws IOException {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IOException(path + " is not a file's path");
    }
    return HeldDirectory.open(parent);
  }

  private static Path name(Path path) {
    return Objects.requireNonNull(path.getFileName(), "a path with a parent has a name");
  }

  /** Everything as it was found. */
  Outcome<Done> undo() {
    try {
      while (!done.isEmpty()) {
        Undo undo = done.pop();
        Path name = name(undo.placed());
        try (HeldDirectory directory = directory(undo.placed())) {
          directory.deleteIfExists(name);
          if (undo.aside().isPresent()) {
            directory.rename(undo.aside().get(), name);
            movedAside.remove(undo.placed().resolveSibling(undo.aside().get()));
          }
        }
      }
      return Outcome.ok(new Done(Duration.ZERO));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("move the files found at the restore back", e));
    }
  }
}
