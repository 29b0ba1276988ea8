package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.images.Trees;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Files of an instance held open, each known to be the very one that is meant: their owner may put
 * links or other files in their places at any moment. Not thread-safe.
 */
final class HeldData implements Closeable {
  /** Files that are held at once at most, as each takes a descriptor. */
  static final int FILES_MAX = 64;

  // Opened for reading alone, a FIFO in the place of a file would hold us up.
  private static final Set<OpenOption> OPTIONS =
      Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

  private final List<Held> files = new ArrayList<>();

  /** A file is not what is on record. */
  static final class ChangedException extends IOException {
    private static final long serialVersionUID = 1;

    ChangedException(DataFile file, String reason) {
      super("%s %s".formatted(file.path(), reason));
    }
  }

  /**
   * One of them.
   *
   * @param handle leads to this file, whatever its name means by now
   */
  record Held(DataFile file, FileChannel channel, Path handle) {
    Instant changed() throws IOException {
      return ((FileTime) Files.getAttribute(handle, "unix:ctime")).toInstant();
    }

    Instant modified() throws IOException {
      return Files.getLastModifiedTime(handle).toInstant();
    }

    /** Gives it the time of modification and the permissions that are on record. */
    void stamp() throws IOException {
      int mode = (Integer) Files.getAttribute(handle, "unix:mode");
      if ((mode & 0777) != (file.mode() & 0777)) {
        Files.setPosixFilePermissions(handle, permissions(file.mode()));
      }
      Files.setLastModifiedTime(handle, FileTime.from(file.modified()));
    }

    private static Set<PosixFilePermission> permissions(int mode) {
      StringBuilder text = new StringBuilder("rwxrwxrwx");
      for (int bit = 0; bit < text.length(); bit++) {
        if ((mode & 0400 >> bit) == 0) {
          text.setCharAt(bit, '-');
        }
      }
      return PosixFilePermissions.fromString(text.toString());
    }
  }

  private HeldData() {}

  /**
   * Opens files.
   *
   * @throws ChangedException if one is gone, another file, or of another length
   */
  static HeldData open(Path root, List<DataFile> wanted) throws IOException {
    HeldData held = new HeldData();
    List<FileChannel> channels = new ArrayList<>();
    try {
      for (DataFile file : wanted) {
        channels.add(open(root, file));
      }
      Map<List<Long>, Path> handles = handles();
      for (int i = 0; i < wanted.size(); i++) {
        DataFile file = wanted.get(i);
        Path handle = handles.get(List.of(file.device(), file.inode()));
        if (handle == null) {
          throw new ChangedException(file, "is another file now");
        }
        if (channels.get(i).size() != file.bytes()) {
          throw new ChangedException(file, "is of another length now");
        }
        held.files.add(new Held(file, channels.get(i), handle));
      }
      return held;
    } catch (IOException | RuntimeException e) {
      for (FileChannel channel : channels) {
        channel.close();
      }
      throw e;
    }
  }

  @SuppressWarnings("StreamResourceLeak") // Each step closes the one above.
  private static FileChannel open(Path root, DataFile file) throws IOException {
    SecureDirectoryStream<Path> here = Trees.open(root);
    try {
      Path names = file.names();
      for (int i = 0; i < names.getNameCount() - 1; i++) {
        SecureDirectoryStream<Path> above = here;
        here = Trees.step(above, names.getName(i));
        above.close();
      }
      return (FileChannel)
          here.newByteChannel(Objects.requireNonNull(names.getFileName(), "it has one"), OPTIONS);
    } catch (NoSuchFileException e) {
      throw new ChangedException(file, "is gone");
    } finally {
      here.close();
    }
  }

  /** This process's descriptors, by device and inode of what they lead to. */
  private static Map<List<Long>, Path> handles() throws IOException {
    Map<List<Long>, Path> handles = new HashMap<>();
    Path self = Path.of("/proc", Long.toString(ProcessHandle.current().pid()), "fd");
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(self)) {
      for (Path descriptor : descriptors) {
        target(descriptor).ifPresent(file -> handles.put(file, descriptor));
      }
    }
    return handles;
  }

  /** Device and inode; empty if it was closed meanwhile. */
  private static Optional<List<Long>> target(Path descriptor) throws IOException {
    try {
      Map<String, Object> found = Files.readAttributes(descriptor, "unix:dev,ino");
      return Optional.of(
          List.of((Long) found.getOrDefault("dev", 0L), (Long) found.getOrDefault("ino", 0L)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  List<Held> files() {
    return files;
  }

  @Override
  public void close() throws IOException {
    for (Held each : files) {
      each.channel().close();
    }
  }
}
