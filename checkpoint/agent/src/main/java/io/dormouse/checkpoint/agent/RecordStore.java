package io.dormouse.checkpoint.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dormouse.checkpoint.images.ImageId;
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
 * The records of instances, one file each, replaced as a whole. Not synced to disk: they must
 * survive the agent, and no instance survives the machine.
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
    Path file = file(record.origin().instance());
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.write(next, JSON.writeValueAsBytes(record));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  void remove(String instance) throws IOException {
    Files.deleteIfExists(file(instance));
  }

  /** All records; a file that can't be read is put aside under another name and told in the log. */
  List<InstanceRecord> load() throws IOException {
    List<InstanceRecord> records = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).sorted().toList()) {
        try {
          records.add(JSON.readValue(file.toFile(), InstanceRecord.class));
        } catch (IOException e) {
          Path aside = file.resolveSibling(file.getFileName() + ".unreadable");
          Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
          LOG.error("The record {} can't be read and was put aside as {}.", file, aside, e);
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
