package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.TreeRecord.SavedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Puts saved files back. What is found in their places is moved aside, never overwritten. */
final class SavedFiles {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss").withZone(ZoneOffset.UTC);

  private final Path image;
  private final String suffix;
  private final Deque<Undo> done = new ArrayDeque<>();
  private final List<Path> movedAside = new ArrayList<>();

  private record Undo(Path placed, List<Path> aside) {}

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
    try {
      for (SavedFile file : files) {
        place(file);
      }
      return Outcome.ok(new Done(java.time.Duration.ZERO));
    } catch (IOException e) {
      undo();
      return Outcome.failed(EngineErrors.io("put the saved files back", e));
    }
  }

  private static @Nullable EngineFailure conflict(SavedFile file) {
    Path path = Path.of(file.path());
    Path parent = path.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      return new EngineFailure.FileConflict(path, "its directory is gone");
    }
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      return new EngineFailure.FileConflict(
          path, "something else than a regular file has its name now");
    }
    try {
      Map<String, Object> owner = Files.readAttributes(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      return Integer.toUnsignedLong((Integer) owner.getOrDefault("uid", -1)) == file.uid()
          ? null
          : new EngineFailure.FileConflict(path, "it belongs to another user now");
    } catch (IOException e) {
      return EngineErrors.io("look at " + path, e);
    }
  }

  private void place(SavedFile file) throws IOException {
    Path path = Path.of(file.path());
    Path content = TreeRecord.content(image, file);
    if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
        && Files.mismatch(path, content) == -1) {
      return;
    }
    Path fresh = path.resolveSibling("." + path.getFileName() + "." + UUID.randomUUID());
    Files.copy(content, fresh);
    Files.setAttribute(fresh, "unix:uid", (int) file.uid());
    Files.setAttribute(fresh, "unix:gid", (int) file.gid());
    Files.setAttribute(fresh, "unix:mode", file.mode());
    List<Path> aside = new ArrayList<>();
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      Path name = freeName(path);
      Files.move(path, name, StandardCopyOption.ATOMIC_MOVE);
      aside.add(name);
      movedAside.add(name);
    }
    done.push(new Undo(path, aside));
    Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
  }

  private Path freeName(Path path) {
    Path name = path.resolveSibling(path.getFileName() + suffix);
    for (int i = 2; Files.exists(name, LinkOption.NOFOLLOW_LINKS); i++) {
      name = path.resolveSibling(path.getFileName() + suffix + "-" + i);
    }
    return name;
  }

  /** Everything as it was found. */
  Outcome<Done> undo() {
    try {
      while (!done.isEmpty()) {
        Undo undo = done.pop();
        Files.deleteIfExists(undo.placed());
        for (Path aside : undo.aside()) {
          Files.move(aside, undo.placed(), StandardCopyOption.ATOMIC_MOVE);
          movedAside.remove(aside);
        }
      }
      return Outcome.ok(new Done(java.time.Duration.ZERO));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("move the files found at the restore back", e));
    }
  }
}
