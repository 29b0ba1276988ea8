package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A tree of files of all kinds, made from a seed, and all that can be told of it. */
final class DataTree {
  private static final int FILE_BYTES_MAX = 300_000;
  private static final List<String> MODES = List.of("rw-r--r--", "rw-------", "rwxr-x---");

  private final Path work;
  private final Random random;

  private DataTree(Path work, Random random) {
    this.work = work;
    this.random = random;
  }

  static InstanceData grow(Path root, long seed) throws IOException, InterruptedException {
    Path work = Files.createDirectories(root.resolve("work"));
    Files.createDirectories(root.resolve("tmp"));
    DataTree tree = new DataTree(work, new Random(seed));
    for (int i = 0; i < 12; i++) {
      tree.add(i);
    }
    return new InstanceData("tree", root, List.of("work", "tmp"), List.of());
  }

  private void add(int n) throws IOException, InterruptedException {
    Path folder = work;
    for (int depth = random.nextInt(3); depth > 0; depth--) {
      folder = Files.createDirectories(folder.resolve("d" + random.nextInt(3)));
    }
    Path file = folder.resolve(name(n));
    switch (random.nextInt(8)) {
      case 0 -> Files.createFile(file);
      case 1 -> sparse(file);
      case 2 -> Files.createSymbolicLink(file, Path.of("/etc/hostname"));
      case 3 -> new ProcessBuilder("mkfifo", file.toString()).start().waitFor();
      case 4 -> {
        dense(file);
        Files.createLink(work.resolve("link" + n), file);
      }
      default -> dense(file);
    }
    if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      Files.setPosixFilePermissions(
          file, PosixFilePermissions.fromString(MODES.get(random.nextInt(MODES.size()))));
      Instant time = Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000));
      Files.setLastModifiedTime(file, FileTime.from(time));
    }
  }

  private String name(int n) {
    return switch (random.nextInt(4)) {
      case 0 -> n + "x".repeat(250);
      case 1 -> n + " a\nb%00'\"\\";
      case 2 -> n + "..";
      default -> "f" + n;
    };
  }

  private void dense(Path file) throws IOException {
    byte[] bytes = new byte[1 + random.nextInt(FILE_BYTES_MAX)];
    random.nextBytes(bytes);
    Files.write(file, bytes);
  }

  private void sparse(Path file) throws IOException {
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.setLength(1 + random.nextInt(FILE_BYTES_MAX));
      for (int i = random.nextInt(20); i > 0; i--) {
        byte[] bytes = new byte[random.nextInt(20_000)];
        random.nextBytes(bytes);
        out.seek(random.nextInt(FILE_BYTES_MAX));
        out.write(bytes);
      }
    }
  }

  /** Kind, inode, length, mode, owner, time and content of everything, by path. */
  static Map<String, String> look(Path root) throws IOException {
    Map<String, String> seen = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.toList()) {
        Map<String, Object> attributes =
            Files.readAttributes(
                path, "unix:ino,mode,nlink,uid,size,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
        seen.put(path.toString(), new TreeMap<>(attributes) + content(path));
      }
    }
    return seen;
  }

  private static String content(Path path) throws IOException {
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      return "";
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(ByteBuffer.wrap(Files.readAllBytes(path)));
      return " " + HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What all of it takes on disk. */
  static long allocatedBytes(Path root) throws IOException {
    Process du = new ProcessBuilder("du", "-s", "-B1", root.toString()).start();
    String text = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return Long.parseLong(text.split("\t", 2)[0]);
  }
}
