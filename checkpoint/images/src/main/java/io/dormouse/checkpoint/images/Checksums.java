package io.dormouse.checkpoint.images;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** SHA-256 over files, several files at a time. */
final class Checksums {
  private static final int THREADS = 2;
  private static final int BUFFER_BYTES = 1 << 20;

  /** What one file held. */
  record Sum(Path file, long bytes, String sha256) {}

  private Checksums() {}

  /** Sums of the files in their order; {@code force} also makes each durable. */
  static List<Sum> of(List<Path> files, boolean force) throws IOException {
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<Sum>> running = new ArrayList<>(files.size());
      for (Path file : files) {
        running.add(pool.submit(() -> sum(file, force)));
      }
      List<Sum> sums = new ArrayList<>(files.size());
      for (Future<Sum> each : running) {
        sums.add(each.get());
      }
      return sums;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException("Computing a checksum failed unexpectedly.", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException)
          new InterruptedIOException("interrupted while computing checksums").initCause(e);
    } finally {
      pool.shutdownNow();
    }
  }

  private static Sum sum(Path file, boolean force) throws IOException {
    MessageDigest digest = sha256();
    byte[] bytes = new byte[BUFFER_BYTES];
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    long total = 0;
    Set<? extends java.nio.file.OpenOption> options =
        force
            ? Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)
            : Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    try (FileChannel channel = FileChannel.open(file, options)) {
      while (channel.read(buffer.clear()) >= 0) {
        int read = buffer.flip().remaining();
        buffer.get(bytes, 0, read);
        digest.update(bytes, 0, read);
        total += read;
      }
      if (force) {
        channel.force(true);
      }
    }
    return new Sum(file, total, HexFormat.of().formatHex(digest.digest()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform must have SHA-256.", e);
    }
  }
}
