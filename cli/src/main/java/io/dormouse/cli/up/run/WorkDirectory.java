package io.dormouse.cli.up.run;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Where one {@code up} keeps all state: a folder of a fresh name that every user may pass, below
 * one where root and {@code nobody} can both be.
 *
 * @param root the folder
 */
public record WorkDirectory(Path root) {
  private static final int TOKEN_BYTES = 32;
  private static final String SECRETS = "secrets";

  /** Makes one below {@code parent}. */
  public static WorkDirectory create(Path parent) throws IOException {
    Path root = Files.createTempDirectory(parent, "dormouse-up-");
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
    WorkDirectory directory = new WorkDirectory(root);
    directory.open("logs");
    directory.makeSecrets();
    return directory;
  }

  /** Makes a folder that others may pass and list. */
  Path open(String name) throws IOException {
    Path folder = Files.createDirectories(root.resolve(name));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    return folder;
  }

  private void makeSecrets() throws IOException {
    Path folder = Files.createDirectories(root.resolve(SECRETS));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
  }

  /** A path below the folder that its owner alone can pass; nothing is there yet. */
  Path secret(String name) {
    return root.resolve(SECRETS).resolve(name);
  }

  /** Makes a file with a random token that its owner alone can read. */
  Path token(String name) throws IOException {
    byte[] token = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(token);
    Path file = secret(name);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, HexFormat.of().formatHex(token) + "\n");
  }

  /** Where a daemon writes what it says. */
  Path log(String name) {
    return logs().resolve(name + ".log");
  }

  /** The folder of all daemons' logs. */
  public Path logs() {
    return root.resolve("logs");
  }

  /** Removes all of it but, if wanted, what daemons logged. Does not follow links. */
  public void delete(boolean keepLogs) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes unused) {
            return keepLogs && folder.equals(logs())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes unused)
              throws IOException {
            if (!keepLogs || !isLog(file)) {
              Files.deleteIfExists(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException unused)
              throws IOException {
            String[] rest = folder.toFile().list();
            if (rest != null && rest.length == 0) {
              Files.deleteIfExists(folder);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static boolean isLog(Path file) {
    Path name = file.getFileName();
    return name != null
        && (name.toString().endsWith(".log")
            || name.toString().matches("out|stdout|stderr|syslog"));
  }
}
