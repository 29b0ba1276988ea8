package io.dormouse.checkpoint.images.remote;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.util.Arrays;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.s3a.AWSServiceIOException;
import org.apache.hadoop.fs.s3a.RemoteFileChangedException;
import org.apache.hadoop.fs.s3a.S3AFileSystem;

/**
 * An object on its way, with an id of its own among its metadata: the client repeats a request
 * whose answer was lost, and is then refused for its own object.
 */
final class S3Upload extends RemoteUpload {
  static final String ID_OPTION = "fs.s3a.create.header.dormouse-upload";

  private static final String ID_ATTRIBUTE = "header.dormouse-upload";
  private static final int CONFLICT = 409;

  private final S3AFileSystem files;
  private final Path target;
  private final byte[] id;

  S3Upload(S3AFileSystem files, String name, Path target, String id, FSDataOutputStream out) {
    super(name, out);
    this.files = files;
    this.target = target;
    this.id = id.getBytes(StandardCharsets.UTF_8);
  }

  /** The server wants it tried anew. */
  static final class ConflictException extends IOException {
    private static final long serialVersionUID = 1;

    ConflictException(String name, IOException cause) {
      super(name + " is being changed by others", cause);
    }
  }

  @Override
  void publish(FSDataOutputStream complete) throws IOException {
    try {
      complete.close();
    } catch (IOException e) {
      // The object may be there all the same, as only the answer was lost.
      if (!isOurs(e)) {
        throw told(e);
      }
    }
  }

  private IOException told(IOException error) {
    if (error instanceof RemoteFileChangedException) {
      return (IOException) new FileAlreadyExistsException(name()).initCause(error);
    }
    return error instanceof AWSServiceIOException service && service.statusCode() == CONFLICT
        ? new ConflictException(name(), error)
        : error;
  }

  private boolean isOurs(IOException doubt) {
    try {
      return Arrays.equals(id, files.getXAttrs(target).get(ID_ATTRIBUTE));
    } catch (IOException e) {
      doubt.addSuppressed(e);
      return false;
    }
  }

  @Override
  void abandon(FSDataOutputStream incomplete) {
    var unused = incomplete.abort();
  }
}
