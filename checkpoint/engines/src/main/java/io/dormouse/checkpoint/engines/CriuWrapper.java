package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A script named {@code criu} that runc finds first in its PATH.
 *
 * <p>CRIU reads the resource limits of what it dumps. The kernel allows that to a caller with
 * CAP_SYS_RESOURCE, or of the same uid and gid. Roots without that capability exist (containers,
 * small virtual machines); there the script takes on the owner's ids and keeps the other
 * capabilities.
 */
final class CriuWrapper {
  private static final String OWNER_UID = "DORMOUSE_DUMP_UID";
  private static final String OWNER_GID = "DORMOUSE_DUMP_GID";
  private static final String CAPABILITIES = "DORMOUSE_DUMP_CAPABILITIES";

  private static final String SCRIPT =
      """
      #!/bin/sh
      if [ -n "${DORMOUSE_DUMP_UID:-}" ]; then
        exec setpriv --reuid "$DORMOUSE_DUMP_UID" --regid "$DORMOUSE_DUMP_GID" --keep-groups \\
          --inh-caps "$DORMOUSE_DUMP_CAPABILITIES" --ambient-caps "$DORMOUSE_DUMP_CAPABILITIES" -- '%1$s' "$@"
      fi
      exec '%1$s' "$@"
      """;

  private CriuWrapper() {}

  /** Writes the script into a directory. */
  static void install(Path directory, Path criu) throws IOException {
    if (criu.toString().indexOf('\'') >= 0) {
      throw new IOException("the path of criu (%s) must not contain a quote".formatted(criu));
    }
    Files.createDirectories(directory);
    Path temporary = directory.resolve(".criu." + UUID.randomUUID());
    Files.writeString(temporary, SCRIPT.formatted(criu));
    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.move(temporary, directory.resolve("criu"), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Whether a dump of this owner's process has to be made with his ids. */
  static boolean mustDumpAsOwner(long uid) {
    return uid != 0 && !ProcFs.mayReadForeignLimits();
  }

  /** What to add to the environment of a dump. */
  static Map<String, String> environment(long uid, long gid) {
    if (!mustDumpAsOwner(uid)) {
      return Map.of();
    }
    return Map.of(
        OWNER_UID,
        Long.toString(uid),
        OWNER_GID,
        Long.toString(gid),
        CAPABILITIES,
        capabilities(ProcFs.effectiveCapabilities()));
  }

  static String capabilities(long mask) {
    List<String> names = new ArrayList<>(List.of("-all"));
    for (int bit = 0; bit < Long.SIZE; bit++) {
      if ((mask >>> bit & 1) == 1) {
        names.add("+cap_" + bit);
      }
    }
    return String.join(",", names);
  }

  /**
   * The beginning of a command line that runs criu with the ids and capabilities that a dump needs.
   */
  static List<String> command(Path criu, long uid, long gid) {
    if (!mustDumpAsOwner(uid)) {
      return List.of(criu.toString());
    }
    String capabilities = capabilities(ProcFs.effectiveCapabilities());
    return List.of(
        "setpriv",
        "--reuid",
        Long.toString(uid),
        "--regid",
        Long.toString(gid),
        "--keep-groups",
        "--inh-caps",
        capabilities,
        "--ambient-caps",
        capabilities,
        "--",
        criu.toString());
  }
}
