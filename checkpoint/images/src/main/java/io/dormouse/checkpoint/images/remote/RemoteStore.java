package io.dormouse.checkpoint.images.remote;

import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.blobs.StoreAccessException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.s3a.S3AFileSystem;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.security.UserGroupInformation;

/** Opens blobs that lie on HDFS or S3. */
public final class RemoteStore {
  private RemoteStore() {}

  /**
   * Connects, and makes sure that the server keeps what {@link Blobs} promises.
   *
   * @param uri {@code hdfs:} or {@code s3a:}
   * @param hadoopConfiguration see {@link HadoopSettings}
   * @param parts a local directory for what is to be sent, already sealed
   * @throws StoreAccessException when it can't be reached, may not be used, or can't hold a store
   */
  public static Blobs open(URI uri, Optional<Path> hadoopConfiguration, Path parts)
      throws IOException {
    Configuration settings = new HadoopSettings(hadoopConfiguration, parts).load();
    try {
      return open(uri, settings, parts);
    } catch (IOException e) {
      throw RemoteErrors.translate(e, uri.toString());
    }
  }

  private static Blobs open(URI uri, Configuration settings, Path parts) throws IOException {
    // Hadoop keeps who we are per process, and would else ask the class path for it.
    UserGroupInformation.setConfiguration(settings);
    FileSystem files = FileSystem.newInstance(uri, settings);
    try {
      return blobs(uri, files, parts);
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
  }

  private static Blobs blobs(URI uri, FileSystem files, Path parts) throws IOException {
    if (files instanceof DistributedFileSystem hdfs) {
      return HdfsBlobs.open(hdfs, uri);
    }
    if (files instanceof S3AFileSystem s3) {
      return S3Blobs.open(s3, uri, parts);
    }
    throw new StoreAccessException(
        StoreAccessException.Kind.UNSUITABLE,
        "%s is served by %s".formatted(uri, files.getClass().getName()),
        new IOException("neither HDFS nor S3A"));
  }
}
