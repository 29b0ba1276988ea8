package io.dormouse.checkpoint.images.remote;

import io.dormouse.checkpoint.images.blobs.StoreAccessException;
import io.dormouse.checkpoint.images.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * Hadoop's configuration: its defaults; then ours, which bound retries; then the site's own files;
 * then what a store can't do without. Credentials come from the site's files, the environment or
 * the machine's role only.
 *
 * @param directory with {@code core-site.xml} and perhaps {@code hdfs-site.xml}
 * @param parts see {@link RemoteStore#open}
 */
record HadoopSettings(Optional<Path> directory, Path parts) {
  /** No manifest is longer, so each is one request. */
  private static final long PART_BYTES_MIN = 33L << 20;

  private static final String PART_BYTES = "fs.s3a.multipart.size";

  Configuration load() throws IOException {
    Configuration settings = new Configuration();
    settings.setClassLoader(HadoopSettings.class.getClassLoader());
    settings.addResource(
        Objects.requireNonNull(HadoopSettings.class.getResource("dormouse-hadoop.xml")));
    if (directory.isPresent()) {
      addSite(settings, directory.get());
    }
    demand(settings);
    return settings;
  }

  private static void addSite(Configuration settings, Path directory) throws IOException {
    Path core = directory.resolve("core-site.xml");
    if (!Files.isReadable(core)) {
      throw new StoreAccessException(
          StoreAccessException.Kind.DENIED,
          "Hadoop's configuration %s can't be read".formatted(core),
          new IOException(core.toString()));
    }
    settings.addResource(new org.apache.hadoop.fs.Path(core.toUri()));
    Path hdfs = directory.resolve("hdfs-site.xml");
    if (Files.isReadable(hdfs)) {
      settings.addResource(new org.apache.hadoop.fs.Path(hdfs.toUri()));
    }
  }

  private void demand(Configuration settings) throws IOException {
    Files.createDirectories(parts, PrivateFiles.DIRECTORY);
    settings.set("fs.s3a.fast.upload.buffer", "disk");
    settings.set("fs.s3a.buffer.dir", parts.toString());
    settings.setLong(
        PART_BYTES, Math.max(PART_BYTES_MIN, settings.getLongBytes(PART_BYTES, PART_BYTES_MIN)));
    // Needs a library more; blocks are read whole here anyway.
    settings.set("fs.s3a.input.stream.type", "classic");
    // An instance may be called __magic, which would else never be seen.
    settings.setBoolean("fs.s3a.committer.magic.enabled", false);
    // It aborts others' uploads, of all the bucket.
    settings.setBoolean("fs.s3a.multipart.purge", false);
  }
}
