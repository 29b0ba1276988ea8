package io.dormouse.checkpoint.images;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a store is, and where on this machine lies what never goes into a store elsewhere.
 *
 * @param uri {@code file:}, {@code hdfs:} or {@code s3a:}; see {@link StoreAddress}
 * @param spool a local directory for plain files, while images are dumped and restored
 * @param keys a local directory with the keys; all who share images share this directory too
 * @param hadoopConfiguration a directory with a {@code core-site.xml}; wanted by {@code hdfs:} and
 *     {@code s3a:} only
 */
public record StoreLocation(URI uri, Path spool, Path keys, Optional<Path> hadoopConfiguration) {

  /**
   * The usual places: beside the blobs of a local store, else in a directory of this machine.
   *
   * @param uri of {@link StoreAddress#parse}
   * @param local a directory that only its owner may enter
   */
  public static StoreLocation of(URI uri, Path local) {
    Path folder = isLocal(uri) ? Path.of(uri.getPath()) : local;
    return new StoreLocation(
        uri, folder.resolve("staging"), folder.resolve("keys"), Optional.empty());
  }

  /** A local store with all that belongs to it in one directory. */
  public static StoreLocation ofDirectory(Path directory) {
    Path absolute = directory.toAbsolutePath().normalize();
    return of(absolute.toUri(), absolute);
  }

  /** The same with keys in another directory. */
  public StoreLocation withKeys(Path directory) {
    return new StoreLocation(uri, spool, directory, hadoopConfiguration);
  }

  /** The same with Hadoop's configuration read from a directory. */
  public StoreLocation withHadoopConfiguration(Path directory) {
    return new StoreLocation(uri, spool, keys, Optional.of(directory));
  }

  /** Whether the blobs lie on this machine's disk. */
  public boolean isLocal() {
    return isLocal(uri);
  }

  private static boolean isLocal(URI uri) {
    return "file".equals(uri.getScheme());
  }
}
