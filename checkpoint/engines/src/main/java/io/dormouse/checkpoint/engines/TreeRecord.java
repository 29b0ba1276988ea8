package io.dormouse.checkpoint.engines;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.dormouse.checkpoint.engines.DumpOptions.Connections;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the image of a process tree holds beside CRIU's files.
 *
 * @param formatVersion {@value #FORMAT_VERSION}
 * @param pid of the root of the tree
 * @param pids all of the tree
 * @param session of the root
 * @param uid owner of the root
 * @param shellJob whether the tree hangs on a session, or a terminal, outside of it
 * @param connections what becomes of them in a restore; kept, if the record does not say
 * @param files what it had open for writing, as it was at the stop
 */
record TreeRecord(
    int formatVersion,
    long pid,
    List<Long> pids,
    long session,
    long uid,
    boolean shellJob,
    @Nullable Connections connections,
    List<SavedFile> files) {
  static final int FORMAT_VERSION = 1;
  private static final int FILES_MAX = 10_000;
  private static final int BYTES_MAX = 16 << 20;
  private static final String NAME = "tree.json";

  /**
   * A regular file open for writing.
   *
   * @param path absolute
   * @param content name of its copy in the image's {@code files} directory
   */
  record SavedFile(String path, String content, long uid, long gid, int mode) {}

  TreeRecord {
    if (formatVersion != FORMAT_VERSION || pid <= 0 || files.size() > FILES_MAX || pids.isEmpty()) {
      throw new IllegalArgumentException(
          "The record of a process tree must have format version %d, processes, and at most %d files."
              .formatted(FORMAT_VERSION, FILES_MAX));
    }
    for (SavedFile file : files) {
      if (!file.path().startsWith("/") || !file.content().matches("\\d{1,6}")) {
        throw new IllegalArgumentException(
            "The saved file %s must have an absolute path.".formatted(file.path()));
      }
    }
    pids = List.copyOf(pids);
    files = List.copyOf(files);
  }

  Connections connectionsOrDefault() {
    return Objects.requireNonNullElse(connections, Connections.KEEP);
  }

  void write(Path image) throws IOException {
    ObjectWriter writer = SpecJson.MAPPER.writerFor(TreeRecord.class);
    Files.write(
        Files.createFile(image.resolve(NAME), Private.FILE), writer.writeValueAsBytes(this));
  }

  static TreeRecord read(Path image) throws IOException {
    Path file = image.resolve(NAME);
    if (Files.size(file) > BYTES_MAX) {
      throw new IOException("%s has more than %d bytes".formatted(file, BYTES_MAX));
    }
    ObjectReader reader =
        SpecJson.MAPPER
            .readerFor(TreeRecord.class)
            .with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    try {
      return reader.readValue(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new IOException(
          "%s is not the record of a process tree: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }

  static Path content(Path image, SavedFile file) {
    return image.resolve("files").resolve(file.content());
  }
}
