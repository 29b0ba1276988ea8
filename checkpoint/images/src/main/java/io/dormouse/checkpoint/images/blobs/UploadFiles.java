package io.dormouse.checkpoint.images.blobs;

import io.dormouse.checkpoint.images.files.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The files of uploads. Their writers hold a lock on them, so that what a dead one left is known at
 * once, where the file system has locks. Safe for several threads and processes.
 */
final class UploadFiles {
  private static final String LOCKED = "locked-";

  /** All of this process: were one opened once more, closing that would give its lock away. */
  private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

  private final Path folder;

  /** Uses a folder that is there. */
  UploadFiles(Path folder) {
    this.folder = folder;
  }

  /** A new file, and the channel to write it by, whose end ends the lock. */
  record UploadFile(Path path, FileChannel channel) {
    /** Removes it. Nothing happens to other names of the file. */
    void remove() throws IOException {
      channel.close();
      Files.deleteIfExists(path);
      OURS.remove(path);
    }
  }

  UploadFile create() throws IOException {
    String name = UUID.randomUUID().toString();
    Path made = folder.resolve(name);
    Path locked = folder.resolve(LOCKED + name);
    OURS.add(locked);
    FileChannel channel =
        FileChannel.open(
            made,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PrivateFiles.FILE);
    try {
      // Under this name only once it is locked: a sweeper never sees it without.
      return channel.tryLock() == null
          ? new UploadFile(made, channel)
          : new UploadFile(Files.move(made, locked, StandardCopyOption.ATOMIC_MOVE), channel);
    } catch (IOException noLocksHere) {
      return new UploadFile(made, channel);
    }
  }

  /** Removes what dead writers left, and what was not written to since {@code limit}. */
  int sweep(Instant limit) throws IOException {
    int swept = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        swept += !OURS.contains(file) && isLeft(file, limit) && Files.deleteIfExists(file) ? 1 : 0;
      }
    }
    return swept;
  }

  private static boolean isLeft(Path file, Instant limit) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS))) {
      return Files.getLastModifiedTime(file).toInstant().isBefore(limit)
          || (file.getFileName().toString().startsWith(LOCKED) && channel.tryLock() != null);
    } catch (NoSuchFileException committedMeanwhile) {
      return false;
    }
  }
}
