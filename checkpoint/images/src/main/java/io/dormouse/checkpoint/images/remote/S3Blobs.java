package io.dormouse.checkpoint.images.remote;

import io.dormouse.checkpoint.images.blobs.Blob;
import io.dormouse.checkpoint.images.blobs.StoreAccessException;
import io.dormouse.checkpoint.images.blobs.Upload;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.fs.BulkDelete;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FutureDataInputStreamBuilder;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Options.CreateFileOptionKeys;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.s3a.AWSBadRequestException;
import org.apache.hadoop.fs.s3a.AWSUnsupportedFeatureException;
import org.apache.hadoop.fs.s3a.S3AFileSystem;
import org.apache.hadoop.util.functional.FutureIO;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/**
 * Blobs as objects of an S3 bucket. A blob is sent to its final name, where S3 shows it whole or
 * not at all, on the condition that there is none ({@code If-None-Match: *}): what fits in a part
 * (33 MiB and more, so every manifest, claim and condemnation) in one conditional PUT; what is
 * longer in parts, whose completion has the condition. A server may ignore it there, unlike in a
 * PUT, which is probed: packs and page tables, the only blobs so long, have random names and such
 * that say their content, so none is ever replaced by another one.
 */
final class S3Blobs extends RemoteBlobs {
  /** An upload in parts shows no sign of life but its begin. */
  private static final Duration UPLOAD_AGE_MAX = Duration.ofHours(24);

  private static final int TRIES = 5;
  private static final int PROBES_MAX = 10_000;
  private static final String PROBES = "probe";

  private final S3AFileSystem files;
  private final java.nio.file.Path parts;

  private S3Blobs(S3AFileSystem files, URI uri, java.nio.file.Path parts) {
    super(files, uri);
    this.files = files;
    this.parts = parts;
  }

  /**
   * Opens blobs, after writing one twice.
   *
   * @throws StoreAccessException when the second is not refused
   */
  static S3Blobs open(S3AFileSystem files, URI uri, java.nio.file.Path parts) throws IOException {
    S3Blobs blobs = new S3Blobs(files, uri, parts);
    if (!files.hasPathCapability(
        blobs.root(), CreateFileOptionKeys.FS_OPTION_CREATE_CONDITIONAL_OVERWRITE)) {
      throw unsuitable(
          "fs.s3a.create.conditional.enabled is false in its configuration", new IOException());
    }
    blobs.probe();
    return blobs;
  }

  private void probe() throws IOException {
    String name = PROBES + "/" + UUID.randomUUID();
    try {
      if (!create(name, new byte[] {1})) {
        throw unsuitable("it says that a random name is taken", new IOException(name));
      }
      boolean replaced = create(name, new byte[] {2});
      delete(name);
      if (replaced) {
        throw unsuitable("it lets a second writer replace an object", new IOException(name));
      }
    } catch (AWSUnsupportedFeatureException | AWSBadRequestException e) {
      throw unsuitable("it refuses conditional writes", e);
    }
  }

  private static StoreAccessException unsuitable(String reason, IOException cause) {
    return new StoreAccessException(StoreAccessException.Kind.UNSUITABLE, reason, cause);
  }

  /** S3 may ask for another try where one creates while another one deletes. */
  @Override
  public boolean create(String name, byte[] content) throws IOException {
    for (int i = 1; true; i++) {
      try {
        return super.create(name, content);
      } catch (S3Upload.ConflictException e) {
        if (i == TRIES) {
          throw e;
        }
      }
    }
  }

  @Override
  Upload upload(String name, Path target) throws IOException {
    String id = UUID.randomUUID().toString();
    FSDataOutputStreamBuilder<?, ?> writing = files.createFile(target);
    writing.create();
    writing.overwrite(false);
    writing.recursive();
    writing.must(CreateFileOptionKeys.FS_OPTION_CREATE_CONDITIONAL_OVERWRITE, true);
    writing.must(S3Upload.ID_OPTION, id);
    FSDataOutputStream out = writing.build();
    return new S3Upload(files, name, target, id, out);
  }

  /** A stream per read: they cost nothing to open, and run beside each other. */
  @Override
  Extents.Source source(FileStatus status) {
    return new Extents.Source() {
      @Override
      public void read(long position, byte[] into, int offset, int length) throws IOException {
        FutureDataInputStreamBuilder opening =
            files.openFile(status.getPath()).withFileStatus(status);
        try (FSDataInputStream in = FutureIO.awaitFuture(opening.build())) {
          in.readFully(position, into, offset, length);
        }
      }

      @Override
      public void close() {}
    };
  }

  @Override
  void walk(Path folder, Found found) throws IOException {
    RemoteIterator<LocatedFileStatus> all = files.listFiles(folder, true);
    while (all.hasNext()) {
      found.add(all.next());
    }
  }

  /** The usual way would leave an object for each folder that gets empty. */
  @Override
  boolean remove(Path path) throws IOException {
    try {
      if (!files.getFileStatus(path).isFile()) {
        return false;
      }
    } catch (FileNotFoundException e) {
      return false;
    }
    try (BulkDelete deletion = files.createBulkDelete(Objects.requireNonNull(path.getParent()))) {
      List<Map.Entry<Path, String>> failed = deletion.bulkDelete(List.of(path));
      if (!failed.isEmpty()) {
        throw new AccessDeniedException(path.toString(), null, failed.get(0).getValue());
      }
    }
    return true;
  }

  @Override
  public int sweep(Instant limit) throws IOException {
    Instant old = limit.minus(UPLOAD_AGE_MAX);
    int swept = call("uploads", () -> sweepUploads(old)) + sweepParts(old);
    for (Blob probe : list(PROBES, PROBES_MAX)) {
      swept += probe.createdAt().isBefore(old) && delete(probe.name()) ? 1 : 0;
    }
    return swept;
  }

  private int sweepUploads(Instant old) throws IOException {
    String path = root().toUri().getPath();
    int swept = 0;
    try {
      RemoteIterator<MultipartUpload> uploads = files.listUploads(path.substring(1));
      while (uploads.hasNext()) {
        MultipartUpload upload = uploads.next();
        if (upload.initiated().isBefore(old)) {
          files.abortMultipartUpload(upload);
          swept++;
        }
      }
      return swept;
    } catch (SdkException e) {
      throw new IOException("uploads can't be ended: " + e.getMessage(), e);
    }
  }

  /** What was to be sent by processes that were killed. */
  private int sweepParts(Instant old) throws IOException {
    int swept = 0;
    try (Stream<java.nio.file.Path> left = Files.list(parts)) {
      for (java.nio.file.Path part : (Iterable<java.nio.file.Path>) left::iterator) {
        if (Files.getLastModifiedTime(part).toInstant().isBefore(old)) {
          swept += Files.deleteIfExists(part) ? 1 : 0;
        }
      }
    }
    return swept;
  }
}
