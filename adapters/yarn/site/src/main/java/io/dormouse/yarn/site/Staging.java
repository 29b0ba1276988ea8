package io.dormouse.yarn.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The installation as the daemons' user can read it: itself, or a copy in the work directory where
 * it lies in somebody's private folder.
 *
 * @param installed the installation's root
 * @param readable the root that the user can read
 */
record Staging(Path installed, Path readable) {

  /**
   * Copies the libraries if need be.
   *
   * @throws IOException when libraries are missing
   */
  static Staging of(Path installation, Path workDirectory, SiteUser user) throws IOException {
    Path root = installation.toRealPath();
    Path hadoop = root.resolve("lib/hadoop");
    if (!Files.isDirectory(hadoop)) {
      throw new IOException(
          "Hadoop's daemons are missing in (%s).%nMaybe the installation is incomplete: build it again."
              .formatted(hadoop));
    }
    if (!user.switched() || isOpen(root.resolve("lib"))) {
      return new Staging(root, root);
    }
    Path copy = workDirectory.resolve("installation");
    copyAll(root.resolve("lib"), copy.resolve("lib"));
    copyAll(hadoop, copy.resolve("lib/hadoop"));
    return new Staging(root, copy);
  }

  /** Our own libraries, as a class path. */
  String classPath() {
    return readable.resolve("lib") + "/*";
  }

  /** Hadoop's daemons, as a class path. */
  String daemonClassPath() {
    return readable.resolve("lib/hadoop") + "/*";
  }

  /** An argument that may name files of the installation, as the user can read them. */
  String translate(String argument) {
    return argument.replace(installed.toString(), readable.toString());
  }

  private static boolean isOpen(Path lib) throws IOException {
    for (Path path = lib; path != null; path = path.getParent()) {
      if (!permissions(path).contains(PosixFilePermission.OTHERS_EXECUTE)) {
        return false;
      }
    }
    for (Path jar : jars(lib)) {
      if (!permissions(jar).contains(PosixFilePermission.OTHERS_READ)) {
        return false;
      }
    }
    return true;
  }

  private static Set<PosixFilePermission> permissions(Path path) throws IOException {
    return Files.getPosixFilePermissions(path);
  }

  private static List<Path> jars(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
  }

  private static void copyAll(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(to.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
    for (Path jar : jars(from)) {
      Path copy = to.resolve(jar.getFileName());
      Files.copy(jar, copy, StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));
    }
  }
}
