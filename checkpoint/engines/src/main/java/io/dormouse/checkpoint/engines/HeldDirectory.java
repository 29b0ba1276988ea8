package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.TreeRecord.SavedFile;
import io.dormouse.checkpoint.images.Trees;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A directory of another user, held by descriptor: no link is followed, neither on the way to it
 * nor in it, so that its owner can't turn what is done here into something done elsewhere.
 */
final class HeldDirectory implements Closeable {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");
  private static final Path STAGED = Path.of("file");
  private static final String ALL_PERMISSIONS = "rwxrwxrwx";
  private static final int CHUNK_BYTES = 1 << 16;

  private final Path path;
  private final SecureDirectoryStream<Path> stream;

  private HeldDirectory(Path path, SecureDirectoryStream<Path> stream) {
    this.path = path;
    this.stream = stream;
  }

  /** Opens it one step after the other; fails if a step is a link or no directory. */
  @SuppressWarnings("StreamResourceLeak") // Each step closes the one above.
  static HeldDirectory open(Path directory) throws IOException {
    if (!directory.isAbsolute() || !directory.normalize().equals(directory)) {
      throw new IOException("the path %s must be absolute and without dots".formatted(directory));
    }
    SecureDirectoryStream<Path> here = Trees.open(Path.of("/"));
    for (Path name : directory) {
      try (SecureDirectoryStream<Path> above = here) {
        here = Trees.step(above, name);
      }
    }
    return new HeldDirectory(directory, here);
  }

  /** What has this name now, links as themselves. */
  Optional<PosixFileAttributes> look(Path name) throws IOException {
    try {
      return Optional.of(view(stream, name).readAttributes());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Whether the regular file of this name has the same content as another file. */
  boolean hasContent(Path name, Path other) throws IOException {
    Set<OpenOption> options = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    try (var channel = stream.newByteChannel(name, options);
        InputStream here = Channels.newInputStream(channel);
        InputStream there = Files.newInputStream(other)) {
      if (channel.size() != Files.size(other)) {
        return false;
      }
      byte[] expected;
      do {
        expected = there.readNBytes(CHUNK_BYTES);
        if (!Arrays.equals(here.readNBytes(CHUNK_BYTES), expected)) {
          return false;
        }
      } while (expected.length > 0);
      return true;
    }
  }

  void rename(Path from, Path to) throws IOException {
    stream.move(from, stream, to);
  }

  void deleteIfExists(Path name) throws IOException {
    try {
      stream.deleteFile(name);
    } catch (NoSuchFileException e) {
      // As it should be.
      return;
    }
  }

  /**
   * Gives this name to a new file. It is made ready where only this user can reach it, so that
   * nobody can put another file in its place before it has its owner.
   *
   * @param content of the file
   * @param file owner and mode
   */
  void put(Path name, Path content, SavedFile file) throws IOException {
    Path stageName = Path.of(".dormouse-restore." + UUID.randomUUID());
    Files.createDirectory(path.resolve(stageName), Private.DIRECTORY);
    try (SecureDirectoryStream<Path> stage = Trees.step(stream, stageName)) {
      requireOwn(stage);
      try {
        write(stage, content);
        assign(view(stage, STAGED), file);
        stage.move(STAGED, stream, name);
      } catch (IOException e) {
        discard(stage, e);
        throw e;
      }
    } finally {
      removeStage(stageName);
    }
  }

  private static void requireOwn(SecureDirectoryStream<Path> stage) throws IOException {
    PosixFileAttributes found =
        stage.getFileAttributeView(PosixFileAttributeView.class).readAttributes();
    long self = ProcFs.uid(ProcessHandle.current().pid()).orElse(0L);
    if (!found.owner().equals(user(self)) || !found.permissions().equals(PRIVATE)) {
      throw new NotDirectoryException("somebody put another directory in the place of a new one");
    }
  }

  private static void write(SecureDirectoryStream<Path> stage, Path content) throws IOException {
    Set<OpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (var channel = stage.newByteChannel(STAGED, options, Private.FILE);
        var out = Channels.newOutputStream(channel)) {
      Files.copy(content, out);
    }
  }

  private static void assign(PosixFileAttributeView view, SavedFile file) throws IOException {
    view.setGroup(
        FileSystems.getDefault()
            .getUserPrincipalLookupService()
            .lookupPrincipalByGroupName(Integer.toString((int) file.gid())));
    view.setOwner(user(file.uid()));
    view.setPermissions(permissions(file.mode()));
  }

  private static void discard(SecureDirectoryStream<Path> stage, IOException cause) {
    try {
      stage.deleteFile(STAGED);
    } catch (NoSuchFileException e) {
      // It was not made.
      return;
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private void removeStage(Path stageName) {
    try {
      stream.deleteDirectory(stageName);
    } catch (IOException e) {
      EngineErrors.warn(
          "An empty directory is left", EngineErrors.io("remove " + path.resolve(stageName), e));
    }
  }

  private static PosixFileAttributeView view(SecureDirectoryStream<Path> stream, Path name) {
    return stream.getFileAttributeView(
        name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
  }

  /** Equal to any other that stands for the same uid, whatever its name. */
  static UserPrincipal user(long uid) throws IOException {
    return FileSystems.getDefault()
        .getUserPrincipalLookupService()
        .lookupPrincipalByName(Integer.toString((int) uid));
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    StringBuilder text = new StringBuilder();
    for (int bit = 0; bit < ALL_PERMISSIONS.length(); bit++) {
      text.append((mode & 0400 >> bit) != 0 ? ALL_PERMISSIONS.charAt(bit) : '-');
    }
    return PosixFilePermissions.fromString(text.toString());
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
