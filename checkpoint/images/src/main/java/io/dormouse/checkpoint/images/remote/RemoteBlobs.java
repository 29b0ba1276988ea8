package io.dormouse.checkpoint.images.remote;

import io.dormouse.checkpoint.images.blobs.Blob;
import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.blobs.ReadableBlob;
import io.dormouse.checkpoint.images.blobs.Upload;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** What blobs on all of Hadoop's file systems have in common. */
abstract class RemoteBlobs implements Blobs {
  private final FileSystem files;
  private final Path root;
  private final Extents extents = new Extents();

  RemoteBlobs(FileSystem files, URI uri) {
    this.files = files;
    String path = uri.getPath();
    this.root = files.makeQualified(new Path(path.isEmpty() ? "/" : path));
  }

  /** The folder that all names begin at. */
  final Path root() {
    return root;
  }

  final Path path(String name) {
    return new Path(root, Blobs.checked(name));
  }

  /** Work on the server whose failures are Hadoop's. */
  interface Call<T> {
    T run() throws IOException;
  }

  /** Runs it; its failures are told as {@code Blobs} does. */
  static <T> T call(String name, Call<T> call) throws IOException {
    try {
      return call.run();
    } catch (IOException e) {
      throw RemoteErrors.translate(e, name);
    }
  }

  /** Begins a blob; failures are Hadoop's own. */
  abstract Upload upload(String name, Path target) throws IOException;

  /** Opens a blob that is there; failures are Hadoop's own. */
  abstract Extents.Source source(FileStatus status) throws IOException;

  /** Adds all files below a folder, while others may remove any; failures are Hadoop's own. */
  abstract void walk(Path folder, Found found) throws IOException;

  /** Removes a file that may be there; failures are Hadoop's own. */
  abstract boolean remove(Path path) throws IOException;

  /** Takes what a listing finds. */
  final class Found {
    private final List<Blob> all = new ArrayList<>();
    private final String folder;
    private final int most;

    private Found(String folder, int most) {
      this.folder = folder;
      this.most = most;
    }

    void add(FileStatus status) throws IOException {
      if (!status.isFile()) {
        return;
      }
      if (all.size() == most) {
        throw new IOException("%s holds more than %d blobs".formatted(folder, most));
      }
      String name = root.toUri().relativize(status.getPath().toUri()).getPath();
      all.add(new Blob(name, status.getLen(), Instant.ofEpochMilli(status.getModificationTime())));
    }
  }

  @Override
  public final Upload begin(String name) throws IOException {
    Path target = path(name);
    return call(name, () -> upload(name, target));
  }

  @Override
  public final ReadableBlob open(String name) throws IOException {
    Path path = path(name);
    return call(
        name,
        () -> {
          FileStatus status = files.getFileStatus(path);
          if (!status.isFile()) {
            throw new NoSuchFileException(name);
          }
          return new RemoteBlob(name, status.getLen(), source(status), extents);
        });
  }

  @Override
  public final boolean exists(String name) throws IOException {
    Path path = path(name);
    try {
      return call(name, () -> files.getFileStatus(path).isFile());
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  @Override
  public final List<Blob> list(String folder, int most) throws IOException {
    Found found = new Found(folder, most);
    Path path = path(folder);
    call(
        folder,
        () -> {
          try {
            walk(path, found);
          } catch (FileNotFoundException none) {
            return 0;
          }
          return found.all.size();
        });
    found.all.sort(Comparator.comparing(Blob::name));
    return found.all;
  }

  @Override
  public final boolean delete(String name) throws IOException {
    Path path = path(name);
    return call(name, () -> remove(path));
  }

  @Override
  public void close() throws IOException {
    files.close();
  }
}
