package io.dormouse.checkpoint.images.blobs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Blobs by name, each written once and never changed. A listing shows every blob that was committed
 * before it began. Safe for several threads and processes.
 */
public interface Blobs extends Closeable {
  /** One part of a name. */
  Pattern PART = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}");

  /** Begins a blob. */
  Upload begin(String name) throws IOException;

  /**
   * Opens a blob.
   *
   * @throws NoSuchFileException when there is none of that name
   */
  ReadableBlob open(String name) throws IOException;

  /**
   * All blobs whose names begin with {@code folder} and a '/', in order of name.
   *
   * @param most how many at the most: beyond that it fails
   */
  List<Blob> list(String folder, int most) throws IOException;

  /** Removes a blob; whether there was one. */
  boolean delete(String name) throws IOException;

  /**
   * Removes what writers that died have left of uploads, and never an upload that goes on.
   *
   * @param limit uploads that did anything since then are left alone
   * @return how many went
   */
  int sweep(Instant limit) throws IOException;

  /** Writes a small blob; whether there was none of that name before. */
  default boolean create(String name, byte[] content) throws IOException {
    try (Upload upload = begin(name)) {
      upload.write(content);
      upload.commit();
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /**
   * Reads a small blob.
   *
   * @throws IOException when it has more than {@code most} bytes
   */
  default byte[] read(String name, int most) throws IOException {
    try (ReadableBlob blob = open(name)) {
      long length = blob.length();
      if (length > most) {
        throw new IOException(
            "%s has %d bytes, at most %d are allowed".formatted(name, length, most));
      }
      return blob.read(0, (int) length);
    }
  }

  /** Whether there is a blob of that name. */
  default boolean exists(String name) throws IOException {
    try (ReadableBlob blob = open(name)) {
      return blob.length() >= 0;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Frees connections; what was written stays. */
  @Override
  void close() throws IOException;

  /**
   * The name itself.
   *
   * @throws IllegalArgumentException unless each part of it is letters, digits, dots, underscores
   *     and hyphens, and does not begin with a dot
   */
  static String checked(String name) {
    for (String part : name.split("/", -1)) {
      if (!PART.matcher(part).matches()) {
        throw new IllegalArgumentException("The name (%s) must be a blob's.".formatted(name));
      }
    }
    return name;
  }
}
