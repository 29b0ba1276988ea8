package io.dormouse.checkpoint.images.remote;

import io.dormouse.checkpoint.images.blobs.Upload;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Objects;
import java.util.UUID;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIsNotEmptyDirectoryException;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DistributedFileSystem;

/**
 * Blobs as files on HDFS that only their owner may read. A blob is written under {@code uploads/},
 * forced to the disks of all its replicas, and renamed to its name: the NameNode does that at once,
 * never over another file, and answers a repeated request as it did the first time.
 */
final class HdfsBlobs extends RemoteBlobs {
  static final FsPermission PRIVATE = new FsPermission("700");
  static final FsPermission PRIVATE_FILE = new FsPermission("600");

  private static final int BUFFER_BYTES = 1 << 16;

  private final DistributedFileSystem files;
  private final Path uploads;

  private HdfsBlobs(DistributedFileSystem files, URI uri) {
    super(files, uri);
    this.files = files;
    this.uploads = new Path(root(), "uploads");
  }

  /** Needs no probe: every version of HDFS keeps what is relied on. */
  static HdfsBlobs open(DistributedFileSystem files, URI uri) {
    return new HdfsBlobs(files, uri);
  }

  @Override
  Upload upload(String name, Path target) throws IOException {
    files.mkdirs(uploads, PRIVATE);
    Path temporary = new Path(uploads, UUID.randomUUID().toString());
    FSDataOutputStream out =
        files.create(
            temporary,
            PRIVATE_FILE,
            // Each block is forced to disk as it ends, not only the last.
            EnumSet.of(CreateFlag.CREATE, CreateFlag.SYNC_BLOCK),
            BUFFER_BYTES,
            files.getDefaultReplication(temporary),
            files.getDefaultBlockSize(temporary),
            null);
    return new HdfsUpload(files, name, temporary, target, out);
  }

  @Override
  Extents.Source source(FileStatus status) throws IOException {
    FSDataInputStream in = files.open(status.getPath());
    return new Extents.Source() {
      @Override
      public void read(long position, byte[] into, int offset, int length) throws IOException {
        in.readFully(position, into, offset, length);
      }

      @Override
      public void close() throws IOException {
        in.close();
      }
    };
  }

  @Override
  void walk(Path folder, Found found) throws IOException {
    RemoteIterator<FileStatus> entries = files.listStatusIterator(folder);
    while (entries.hasNext()) {
      FileStatus entry = entries.next();
      found.add(entry);
      if (entry.isDirectory()) {
        walkIfThere(entry.getPath(), found);
      }
    }
  }

  private void walkIfThere(Path folder, Found found) throws IOException {
    try {
      walk(folder, found);
    } catch (FileNotFoundException removedMeanwhile) {
      return;
    }
  }

  @Override
  boolean remove(Path path) throws IOException {
    boolean there = files.delete(path, false);
    Path folder = parent(path);
    try {
      while (!folder.equals(root())) {
        files.delete(folder, false);
        folder = parent(folder);
      }
    } catch (PathIsNotEmptyDirectoryException wanted) {
      return there;
    }
    return there;
  }

  /** All names lie below the root. */
  static Path parent(Path path) {
    return Objects.requireNonNull(path.getParent());
  }

  /**
   * {@inheritDoc}
   *
   * <p>A file that a writer has open shows no sign of being written, but the NameNode knows: it
   * closes it once the writer was silent for so long that its lease has run out.
   */
  @Override
  public int sweep(Instant limit) throws IOException {
    return call(
        "uploads",
        () -> {
          try {
            return sweepUploads(limit);
          } catch (FileNotFoundException none) {
            return 0;
          }
        });
  }

  private int sweepUploads(Instant limit) throws IOException {
    int swept = 0;
    RemoteIterator<FileStatus> entries = files.listStatusIterator(uploads);
    while (entries.hasNext()) {
      FileStatus entry = entries.next();
      boolean old = Instant.ofEpochMilli(entry.getModificationTime()).isBefore(limit);
      if (old && entry.isFile() && files.isFileClosed(entry.getPath())) {
        swept += files.delete(entry.getPath(), false) ? 1 : 0;
      }
    }
    return swept;
  }
}
