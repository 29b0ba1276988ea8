package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.InstanceState.Stdio;
import io.dormouse.checkpoint.images.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Where an engine keeps what it knows of one instance. Owners may pass through, to their layer, but
 * not look around.
 */
record InstanceFiles(Path directory) {
  static final String[] LAYER_DIRECTORIES = {"work", "tmp", "dormouse"};

  /** The layer's directories but that of the streams, which its launcher reads at any time. */
  static final List<String> DATA_DIRECTORIES = List.of("work", "tmp");

  Path spec() {
    return directory.resolve("instance.json");
  }

  Path bundle() {
    return directory.resolve("bundle");
  }

  Path layer() {
    return directory.resolve("layer");
  }

  Path criuConfig() {
    return directory.resolve("criu.conf");
  }

  Path pidFile() {
    return directory.resolve("init.pid");
  }

  Path supervisorPidFile() {
    return directory.resolve("supervisor.pid");
  }

  Path supervisorLog() {
    return directory.resolve("supervisor.log");
  }

  Path exitStatusFile() {
    return directory.resolve("exit-status");
  }

  /** There while a restored process must not be let go: it is complete only without this file. */
  Path restoringMark() {
    return directory.resolve("restoring");
  }

  /** See {@link LeftDump}. */
  Path dumpingMark() {
    return directory.resolve("dumping");
  }

  /** Of an instance whose pages come in while it runs; not there for others. */
  Path pages() {
    return directory.resolve("pages");
  }

  /** See {@link TrackedMemory}. */
  Path tracked() {
    return directory.resolve("tracked");
  }

  Path toolWork() {
    return directory.resolve("tool");
  }

  Stdio stdio() {
    Path streams = layer().resolve("dormouse");
    return new Stdio(
        streams.resolve("stdin"), streams.resolve("stdout"), streams.resolve("stderr"));
  }

  OptionalLong pid() {
    return number(pidFile());
  }

  OptionalLong supervisorPid() {
    return number(supervisorPidFile());
  }

  OptionalInt exitStatus() {
    OptionalLong status = number(exitStatusFile());
    return status.isPresent() ? OptionalInt.of((int) status.getAsLong()) : OptionalInt.empty();
  }

  static OptionalLong number(Path file) {
    String text = Presence.read(file).orElse("").strip();
    return text.matches("\\d{1,10}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
  }

  static Path createPassable(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    return directory;
  }

  static void own(Path path, long uid, long gid) throws IOException {
    if (!Long.valueOf(uid).equals(asLong(path, "unix:uid"))
        || !Long.valueOf(gid).equals(asLong(path, "unix:gid"))) {
      Files.setAttribute(path, "unix:uid", (int) uid, LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(path, "unix:gid", (int) gid, LinkOption.NOFOLLOW_LINKS);
    }
  }

  private static long asLong(Path path, String attribute) throws IOException {
    return Integer.toUnsignedLong(
        (Integer) Files.getAttribute(path, attribute, LinkOption.NOFOLLOW_LINKS));
  }

  /** Removes the directory with all in it. Owners reach their layers also meanwhile. */
  void delete() throws IOException {
    Trees.delete(directory);
  }
}
