package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;

/** Appends its counter to one file and keeps it in another, both open all the time. */
public final class Appender {
  private Appender() {}

  public static void main(String[] args) throws IOException {
    try (OutputStream log =
            Files.newOutputStream(
                Path.of(args[0]), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        RandomAccessFile counter = new RandomAccessFile(args[1], "rw")) {
      for (long n = 1; ; n++) {
        log.write((n + "\n").getBytes(StandardCharsets.UTF_8));
        counter.seek(0);
        counter.writeLong(n);
        LockSupport.parkNanos(2_000_000);
      }
    }
  }
}
