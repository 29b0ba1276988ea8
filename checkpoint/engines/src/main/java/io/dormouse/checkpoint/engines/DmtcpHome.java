package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.images.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/**
 * Where an instance lives in all of its lives: DMTCP restores files by their paths, and writes the
 * path of its own directory into images. So it is named by the instance, not by the life, and at
 * most one life has it.
 */
record DmtcpHome(Path directory) {
  /** Names the life that has it. */
  Path life() {
    return directory.resolve("life");
  }

  /** The instance's files, as {@link InstanceFiles#layer} and its streams. */
  InstanceFiles files() {
    return new InstanceFiles(directory);
  }

  /** What DMTCP writes; the owner's. */
  Path dmtcp() {
    return directory.resolve("dmtcp");
  }

  Path checkpoints() {
    return dmtcp().resolve("checkpoints");
  }

  Path temporary() {
    return dmtcp().resolve("temporary");
  }

  /** Images made anew for a restart; readable for the owner, and not his. */
  Path restart() {
    return directory.resolve("restart");
  }

  /** Makes it for a life; nobody else has it. */
  Outcome<Done> make(InstanceSpec spec) {
    try {
      InstanceFiles.createPassable(directory);
      Files.writeString(Files.createFile(life(), Private.FILE), spec.id());
      InstanceFiles.createPassable(restart());
      for (Path own : List.of(dmtcp(), checkpoints(), temporary())) {
        Files.createDirectory(own);
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwx------"));
      }
      for (Path own : List.of(checkpoints(), temporary(), dmtcp())) {
        InstanceFiles.own(own, spec.ownerUid(), spec.ownerGid());
      }
      return Outcome.ok(new Done(Duration.ZERO));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("make the home of " + spec.id(), e));
    }
  }

  boolean isOf(String id) {
    return Presence.read(life()).filter(id::equals).isPresent();
  }

  /** Removes it if that life has it. */
  void leave(String id) throws IOException {
    if (isOf(id)) {
      Trees.delete(directory);
    }
  }
}
