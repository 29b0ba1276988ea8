package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.remote.RemoteStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A server's blobs.
 *
 * @param root stores lie below it
 * @param configuration Hadoop's
 */
record RemoteBackend(URI root, Path configuration) implements Backend {
  @Override
  public StoreLocation freshStore(Path local) {
    return StoreLocation.of(URI.create(root + "/" + UUID.randomUUID()), local)
        .withHadoopConfiguration(configuration);
  }

  @Override
  public Blobs open(StoreLocation at) throws IOException {
    return RemoteStore.open(at.uri(), at.hadoopConfiguration(), at.spool().resolveSibling("parts"));
  }

  /** Writes a site's file. */
  static void write(Path file, Map<String, String> properties) throws IOException {
    Files.writeString(
        file,
        properties.entrySet().stream()
            .map(
                property ->
                    "<property><name>%s</name><value>%s</value></property>\n"
                        .formatted(property.getKey(), property.getValue()))
            .collect(Collectors.joining("", "<configuration>\n", "</configuration>\n")));
  }
}
