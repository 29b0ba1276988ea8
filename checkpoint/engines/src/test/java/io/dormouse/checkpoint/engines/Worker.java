package io.dormouse.checkpoint.engines;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * Runs in a capsule: fills memory, then answers each line with its counter and a checksum of one
 * byte of each of its pages, of all bytes for "all", or of none for "few". A thread of its own
 * counts all the time into {@code ticks}.
 */
public final class Worker {
  private Worker() {}

  public static void main(String[] args) throws Exception {
    byte[][] data = new byte[Integer.parseInt(args[0])][];
    Random random = new Random(7);
    for (int i = 0; i < data.length; i++) {
      data[i] = new byte[1 << 20];
      random.nextBytes(data[i]);
    }
    Thread ticker = new Thread(Worker::tick, "ticker");
    ticker.setDaemon(true);
    ticker.start();
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    out.println("ready");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    long count = 0;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.startsWith("exit ")) {
        System.exit(Integer.parseInt(line.substring(5)));
      }
      count++;
      Files.writeString(
          Path.of("log"), count + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      out.println(line + " " + count + " " + proof(line, data));
    }
  }

  private static void tick() {
    try (var file = new java.io.RandomAccessFile("ticks", "rw")) {
      for (long n = 1; ; n++) {
        file.seek(0);
        file.writeLong(n);
      }
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static long proof(String line, byte[][] data) {
    return switch (line) {
      case "all" -> checksum(data);
      case "few" -> 0;
      default -> sum(data);
    };
  }

  private static long checksum(byte[][] data) {
    CRC32C checksum = new CRC32C();
    for (byte[] block : data) {
      checksum.update(block);
    }
    return checksum.getValue();
  }

  private static long sum(byte[][] data) {
    long sum = 0;
    for (byte[] block : data) {
      for (int i = 0; i < block.length; i += 4096) {
        sum += block[i];
      }
    }
    return sum;
  }
}
