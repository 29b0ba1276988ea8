package io.dormouse.yarn.site;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Who the daemons run as: another user when this process is root, else the user of this process.
 *
 * @param name login name
 * @param prefix what to put before a command, so that it runs as that user
 * @param switched whether that is another user than this process's
 */
record SiteUser(String name, List<String> prefix, boolean switched) {
  private static final int OUTPUT_BYTES_MAX = 1_000;

  /**
   * Resolves a user.
   *
   * @throws IOException when there is no such user
   */
  static SiteUser of(String wanted) throws IOException, InterruptedException {
    String self = id("-un");
    if (!id("-u").equals("0") || wanted.equals(self)) {
      return new SiteUser(self, List.of(), false);
    }
    String uid = id("-u", wanted);
    String gid = id("-g", wanted);
    List<String> prefix = List.of("setpriv", "--reuid", uid, "--regid", gid, "--clear-groups");
    return new SiteUser(wanted, prefix, true);
  }

  /** Makes a directory that belongs to the user. */
  Path directory(Path path) throws IOException {
    Files.createDirectories(path);
    own(path);
    return path;
  }

  /** Writes a file that nobody but the user (and root) can read. */
  Path secret(Path path, String text) throws IOException {
    Files.deleteIfExists(path);
    Files.createFile(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(path, text);
    own(path);
    return path;
  }

  private void own(Path path) throws IOException {
    if (switched) {
      UserPrincipal owner =
          path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name);
      Files.setOwner(path, owner);
    }
  }

  private static String id(String... arguments) throws IOException, InterruptedException {
    List<String> command = new java.util.ArrayList<>(List.of("id"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    byte[] output = process.getInputStream().readNBytes(OUTPUT_BYTES_MAX);
    if (!process.waitFor(5, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException(
          "The user (%s) can't be looked up.%nMaybe there is no such user here."
              .formatted(String.join(" ", arguments)));
    }
    return new String(output, StandardCharsets.UTF_8).strip();
  }
}
