package io.dormouse.checkpoint.images.blobs;

import io.dormouse.checkpoint.images.files.PrivateFiles;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Blobs as files of a directory that only its owner may enter. A blob is written under {@code
 * uploads/}, forced to disk, and linked to its name: link(2) never replaces.
 */
public final class DirectoryBlobs implements Blobs {
  private static final String UPLOADS = "uploads";
  private static final int TRIES = 10;

  private final Path root;
  private final UploadFiles uploads;

  /** Opens a directory, after making it where it is missing. */
  public DirectoryBlobs(Path root) throws IOException {
    Files.createDirectories(root, PrivateFiles.DIRECTORY);
    this.root = root.toRealPath();
    Path folder = this.root.resolve(UPLOADS);
    this.uploads = new UploadFiles(Files.createDirectories(folder, PrivateFiles.DIRECTORY));
  }

  /** Where it is. */
  public Path root() {
    return root;
  }

  /** All that is here lies below the root, which is absolute. */
  private static Path folder(Path file) {
    return Objects.requireNonNull(file.getParent());
  }

  private Path file(String name) {
    return root.resolve(Blobs.checked(name));
  }

  @Override
  public Upload begin(String name) throws IOException {
    Path target = file(name);
    return new FileUpload(uploads.create(), target);
  }

  @Override
  public ReadableBlob open(String name) throws IOException {
    return new FileBlob(
        FileChannel.open(file(name), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)),
        name);
  }

  @Override
  public List<Blob> list(String folder, int most) throws IOException {
    List<Blob> found = new ArrayList<>();
    Path start = file(folder);
    Files.walkFileTree(
        start,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile()) {
              found.add(
                  new Blob(
                      root.relativize(file).toString(),
                      attributes.size(),
                      attributes.lastModifiedTime().toInstant()));
            }
            if (found.size() > most) {
              throw new IOException("%s holds more than %d blobs".formatted(folder, most));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException error) throws IOException {
            return unlessGone(error);
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException error)
              throws IOException {
            return error == null ? FileVisitResult.CONTINUE : unlessGone(error);
          }
        });
    found.sort(Comparator.comparing(Blob::name));
    return found;
  }

  /** Others delete meanwhile. */
  private static FileVisitResult unlessGone(IOException error) throws IOException {
    if (error instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw error;
  }

  @Override
  public boolean delete(String name) throws IOException {
    Path file = file(name);
    boolean there = Files.deleteIfExists(file);
    if (there) {
      sync(folder(file));
    }
    removeEmptyFolders(folder(file));
    return there;
  }

  /** Folders that hold nothing any more, up to the root. */
  private void removeEmptyFolders(Path from) throws IOException {
    Path folder = from;
    try {
      while (!folder.equals(root)) {
        Files.deleteIfExists(folder);
        folder = folder(folder);
      }
    } catch (DirectoryNotEmptyException wanted) {
      return;
    }
  }

  /** {@inheritDoc} Those of writers that have died go at once, where the file system has locks. */
  @Override
  public int sweep(Instant limit) throws IOException {
    return uploads.sweep(limit);
  }

  /** Nothing is held between calls. */
  @Override
  public void close() {}

  private static void sync(Path directory) throws IOException {
    try {
      PrivateFiles.syncDirectory(directory);
    } catch (NoSuchFileException e) {
      // It was empty, and another writer removed it.
      return;
    }
  }

  private final class FileUpload extends Upload {
    private final UploadFiles.UploadFile file;
    private final Path target;

    FileUpload(UploadFiles.UploadFile file, Path target) {
      this.file = file;
      this.target = target;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
      while (buffer.hasRemaining()) {
        file.channel().write(buffer);
      }
    }

    @Override
    public void commit() throws IOException {
      file.channel().force(true);
      link();
      for (Path up = folder(target); up.startsWith(root); up = folder(up)) {
        sync(up);
      }
    }

    /** Somebody who deletes its last neighbour may remove the folder in between. */
    private void link() throws IOException {
      for (int i = 1; true; i++) {
        try {
          makeFolder();
          Files.createLink(target, file.path());
          return;
        } catch (NoSuchFileException e) {
          if (i == TRIES) {
            throw e;
          }
        }
      }
    }

    /** A folder that is removed while it is made looks like a file to the platform. */
    private void makeFolder() throws IOException {
      try {
        Files.createDirectories(folder(target), PrivateFiles.DIRECTORY);
      } catch (FileAlreadyExistsException e) {
        throw (IOException) new NoSuchFileException(folder(target).toString()).initCause(e);
      }
    }

    @Override
    public void close() throws IOException {
      file.remove();
    }
  }

  private record FileBlob(FileChannel channel, String name) implements ReadableBlob {
    @Override
    public long length() throws IOException {
      return channel.size();
    }

    @Override
    public byte[] read(long position, int length) throws IOException {
      ByteBuffer buffer = ByteBuffer.allocate(length);
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, position + buffer.position()) < 0) {
          throw new EOFException(name + " is cut short");
        }
      }
      return buffer.array();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
