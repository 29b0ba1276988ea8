package io.dormouse.checkpoint.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of instances, one file each, replaced as a whole. They must survive the agent; synced
 * to disk is only what must survive the machine as well, which no instance does, but images do.
 */
final class RecordStore {
  private static final Logger LOG = LoggerFactory.getLogger(RecordStore.class);
  private static final String SUFFIX = ".json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;

  RecordStore(Path folder) throws IOException {
    this.folder = PrivateFiles.directory(folder);
  }

  void save(InstanceRecord record) throws IOException {
    PrivateFiles.replace(file(record.origin().instance()), JSON.writeValueAsBytes(record));
  }

  /** The same, and a loss of power does not bring the earlier record back. */
  void saveDurably(InstanceRecord record) throws IOException {
    PrivateFiles.replaceDurably(file(record.origin().instance()), JSON.writeValueAsBytes(record));
  }

  void remove(String instance) throws IOException {
    Files.deleteIfExists(file(instance));
  }

  /**
   * All records; one that makes no sense is put aside under another name and told in the log.
   *
   * @throws IOException if one can't be read, which says nothing about it
   */
  List<InstanceRecord> load() throws IOException {
    List<InstanceRecord> records = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).sorted().toList()) {
        try {
          records.add(JSON.readValue(Files.readAllBytes(file), InstanceRecord.class));
        } catch (JsonProcessingException e) {
          Path aside = file.resolveSibling(file.getFileName() + ".unreadable");
          Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
          LOG.error("The record {} makes no sense and was put aside as {}.", file, aside, e);
        }
      }
    }
    return records;
  }

  private Path file(String instance) {
    if (!ImageId.isValidName(instance)) {
      throw new IllegalArgumentException("The instance (" + instance + ") is no file name.");
    }
    return folder.resolve(instance + SUFFIX);
  }
}
