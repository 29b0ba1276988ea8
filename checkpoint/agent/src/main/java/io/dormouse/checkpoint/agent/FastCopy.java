package io.dormouse.checkpoint.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dormouse.checkpoint.images.files.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * One copy of an image: its files, and a listing of them that is written last. The directory is
 * private to the agent's user, so what is looked for is what disks do wrong.
 */
final class FastCopy {
  private static final String FILES = "files";
  private static final String LISTING = "listing.json";
  private static final int BUFFER_BYTES = 1 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What is in memory does not change by itself; to read all of it would take as long as to wake.
   */
  private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs", "hugetlbfs");

  private static final String PAGES = "pages-";

  /** No sum of anything. */
  private static final long UNKNOWN = -1;

  private FastCopy() {}

  /** {@code crc32c}: of its bytes, if they are ever compared. */
  record Entry(long bytes, long crc32c) {}

  /** By path within the image. */
  record Listing(Map<String, Entry> files) {
    Listing {
      files = new TreeMap<>(files);
    }

    long bytes() {
      return files.values().stream().mapToLong(Entry::bytes).sum();
    }
  }

  /** Makes an empty one; returns where its files go. */
  static Path begin(Path copy) throws IOException {
    return PrivateFiles.directory(files(PrivateFiles.directory(copy)));
  }

  static Path files(Path copy) {
    return copy.resolve(FILES);
  }

  /** Says that its files are not those of an image any more. */
  static void unseal(Path copy) throws IOException {
    Files.deleteIfExists(copy.resolve(LISTING));
  }

  /** Says that all files are there. */
  static void seal(Path copy) throws IOException {
    boolean inMemory = isInMemory(Files.getFileStore(copy));
    Map<String, Entry> files = new TreeMap<>();
    for (Path file : regular(files(copy))) {
      long sum = isTrusted(file, inMemory) ? UNKNOWN : crc32c(file);
      files.put(files(copy).relativize(file).toString(), new Entry(Files.size(file), sum));
    }
    PrivateFiles.replaceDurably(copy.resolve(LISTING), JSON.writeValueAsBytes(new Listing(files)));
  }

  /** Empty if it never was complete, or its listing makes no sense. */
  static Optional<Listing> listing(Path copy) throws IOException {
    Optional<byte[]> bytes = PrivateFiles.readIfThere(copy.resolve(LISTING));
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(bytes.get(), Listing.class));
    } catch (JsonProcessingException e) {
      // It is worth nothing without.
      return Optional.empty();
    }
  }

  /** Empty if it is as it was written. */
  static Optional<String> whatIsWrong(Path copy) {
    try {
      Optional<Listing> listing = listing(copy);
      return listing.isEmpty()
          ? Optional.of("it has no listing")
          : whatIsWrong(copy, listing.get());
    } catch (IOException | UncheckedIOException e) {
      return Optional.of(String.valueOf(e));
    }
  }

  private static Optional<String> whatIsWrong(Path copy, Listing listing) throws IOException {
    boolean inMemory = isInMemory(Files.getFileStore(copy));
    Map<String, Entry> left = new TreeMap<>(listing.files());
    for (Path file : regular(files(copy))) {
      String name = files(copy).relativize(file).toString();
      Entry expected = left.remove(name);
      if (expected == null || Files.size(file) != expected.bytes()) {
        return Optional.of(name + " has another size, or should not be there");
      }
      if (!isTrusted(file, inMemory) && crc32c(file) != expected.crc32c()) {
        return Optional.of(name + " is not as it was written");
      }
    }
    return left.isEmpty() ? Optional.empty() : Optional.of(left.keySet() + " are missing");
  }

  private static boolean isTrusted(Path file, boolean inMemory) {
    return inMemory && file.getFileName().toString().startsWith(PAGES);
  }

  private static boolean isInMemory(FileStore store) {
    return IN_MEMORY.contains(store.type());
  }

  private static Iterable<Path> regular(Path directory) throws IOException {
    try (Stream<Path> walk = Files.walk(directory)) {
      return walk.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)).toList();
    }
  }

  private static long crc32c(Path file) throws IOException {
    CRC32C crc = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    try (FileChannel channel = FileChannel.open(file)) {
      while (channel.read(buffer.clear()) >= 0) {
        crc.update(buffer.flip());
      }
    }
    return crc.getValue();
  }
}
