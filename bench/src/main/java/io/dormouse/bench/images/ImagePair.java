package io.dormouse.bench.images;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Two images of one process that CRIU wrote, before and after some of its pages changed. */
record ImagePair(Path first, Path second) {
  private static final int PAGE_BYTES = 4_096;

  /** Writes the pages of the second image that the first has not; how many bytes. */
  long writeNewPages(Path file) throws IOException {
    Set<Long> known = new HashSet<>();
    pages(first, page -> known.add(sum(page)));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      pages(
          second,
          page -> {
            if (known.add(sum(page))) {
              out.write(page);
            }
          });
    }
    return Files.size(file);
  }

  private interface PageSink {
    void accept(byte[] page) throws IOException;
  }

  private static void pages(Path image, PageSink sink) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(image)) {
      files = all.filter(f -> f.getFileName().toString().startsWith("pages-")).sorted().toList();
    }
    for (Path file : files) {
      try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
        for (byte[] page = in.readNBytes(PAGE_BYTES);
            page.length > 0;
            page = in.readNBytes(PAGE_BYTES)) {
          sink.accept(page);
        }
      }
    }
  }

  private static long sum(byte[] page) {
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(page)).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform must have SHA-256.", e);
    }
  }
}
