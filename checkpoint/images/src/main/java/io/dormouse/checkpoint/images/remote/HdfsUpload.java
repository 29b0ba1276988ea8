package io.dormouse.checkpoint.images.remote;

import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.protocol.HdfsFileStatus;

/** A file under {@code uploads/} that is to be renamed. */
final class HdfsUpload extends RemoteUpload {
  private static final int TRIES = 10;

  private final DistributedFileSystem files;
  private final Path temporary;
  private final Path target;

  HdfsUpload(
      DistributedFileSystem files,
      String name,
      Path temporary,
      Path target,
      FSDataOutputStream out) {
    super(name, out);
    this.files = files;
    this.temporary = temporary;
    this.target = target;
  }

  @Override
  void publish(FSDataOutputStream complete) throws IOException {
    complete.hsync();
    complete.close();
    long file = fileId(temporary);
    try {
      rename();
    } catch (IOException e) {
      // It may have been done, and only the answer was lost.
      if (!isThere(file)) {
        throw e;
      }
    }
  }

  /** Whoever deletes its last neighbour may remove the folder in between. */
  private void rename() throws IOException {
    for (int i = 1; true; i++) {
      files.mkdirs(HdfsBlobs.parent(target), HdfsBlobs.PRIVATE);
      try {
        files.rename(temporary, target, Rename.NONE);
        return;
      } catch (FileNotFoundException e) {
        if (i == TRIES) {
          throw e;
        }
      }
    }
  }

  private boolean isThere(long file) throws IOException {
    try {
      return fileId(target) == file;
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  private long fileId(Path path) throws IOException {
    if (files.getFileStatus(path) instanceof HdfsFileStatus status) {
      return status.getFileId();
    }
    throw new IOException("the NameNode gave %s no id".formatted(path));
  }

  @Override
  void abandon(FSDataOutputStream incomplete) throws IOException {
    try {
      incomplete.close();
    } finally {
      files.delete(temporary, false);
    }
  }
}
