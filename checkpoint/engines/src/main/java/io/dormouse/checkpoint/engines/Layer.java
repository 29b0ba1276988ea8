package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The writable files of a capsule: made, packed into an image, unpacked from one. Sockets are left
 * out. Its owner is let in only when all is made and has its owner: earlier, he could put another
 * file in the place of one that is about to be given to him.
 */
final class Layer {
  private Layer() {}

  /** Makes an empty layer with the FIFOs of its standard streams. */
  static Outcome<Done> create(InstanceFiles files, InstanceSpec spec) {
    try {
      Files.createDirectory(files.layer(), Private.DIRECTORY);
      for (String name : InstanceFiles.LAYER_DIRECTORIES) {
        Path directory = Files.createDirectories(files.layer().resolve(name));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        InstanceFiles.own(directory, spec.ownerUid(), spec.ownerGid());
      }
      return makeFifos(files, spec).then(done -> letOwnerIn(files.layer()));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("make the layer of " + spec.id(), e));
    }
  }

  private static Outcome<Done> makeFifos(InstanceFiles files, InstanceSpec spec) {
    List<String> argv =
        List.of(
            "mkfifo",
            "-m",
            "600",
            files.stdio().stdin().toString(),
            files.stdio().stdout().toString());
    return run("mkfifo", argv, files.directory(), Duration.ofSeconds(10))
        .then(
            done -> {
              try {
                Files.createFile(
                    files.stdio().stderr(),
                    PosixFilePermissions.asFileAttribute(
                        PosixFilePermissions.fromString("rw-------")));
                for (Path stream :
                    List.of(
                        files.stdio().stdin(), files.stdio().stdout(), files.stdio().stderr())) {
                  InstanceFiles.own(stream, spec.ownerUid(), spec.ownerGid());
                }
                return Outcome.ok(done);
              } catch (IOException e) {
                return Outcome.failed(EngineErrors.io("make the streams of " + spec.id(), e));
              }
            });
  }

  static Outcome<Done> pack(Path layer, Path archive, Duration timeout) {
    List<String> argv =
        List.of(
            "tar",
            "--create",
            "--file",
            archive.toString(),
            "--directory",
            layer.toString(),
            "--numeric-owner",
            "--sparse",
            "--format=posix",
            "--warning=no-file-ignored",
            "--one-file-system",
            ".");
    return run("tar", argv, layer, timeout);
  }

  static Outcome<Done> unpack(Path archive, Path layer, Duration timeout) {
    try {
      Files.createDirectory(layer, Private.DIRECTORY);
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("make " + layer, e));
    }
    List<String> argv =
        List.of(
            "tar",
            "--extract",
            "--file",
            archive.toString(),
            "--directory",
            layer.toString(),
            "--numeric-owner",
            "--same-owner",
            "--preserve-permissions");
    return run("tar", argv, layer, timeout).then(done -> letOwnerIn(layer));
  }

  private static Outcome<Done> letOwnerIn(Path layer) {
    try {
      InstanceFiles.createPassable(layer);
      return Outcome.ok(new Done(Duration.ZERO));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("let the owner into " + layer, e));
    }
  }

  private static Outcome<Done> run(
      String tool, List<String> argv, Path directory, Duration timeout) {
    return ToolRunner.run(new ToolRunner.Call(tool, argv, Map.of(), directory), timeout)
        .then(
            result ->
                result.exitStatus() == 0
                    ? Outcome.ok(new Done(result.took()))
                    : Outcome.failed(
                        LogExcerpt.classify(
                            tool, result.exitStatus(), directory, result.output())));
  }
}
