package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.images.ImageId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** The directory of an engine's instances: one directory for each, named by its id. */
record InstanceDirectory(Path path) {

  /** Makes it below the engine's root, unless it is there. */
  static InstanceDirectory open(Path root) throws IOException {
    Path real = InstanceFiles.createPassable(root).toRealPath();
    InstanceFiles.createPassable(real.resolve("ended"));
    return new InstanceDirectory(InstanceFiles.createPassable(real.resolve("instances")));
  }

  InstanceFiles files(String id) {
    if (!isValidId(id)) {
      throw new IllegalArgumentException(
          "The id (%s) of an instance must be made of [A-Za-z0-9._-].".formatted(id));
    }
    return new InstanceFiles(path.resolve(id));
  }

  private static boolean isValidId(String id) {
    return ImageId.isValidName(id) || ImageId.isValidName(id.replaceFirst("-[0-9a-f]{8}$", ""));
  }

  /** All that have anything here, also those of which an engine that was killed left a part. */
  Outcome<List<String>> ids() {
    try (Stream<Path> entries = Files.list(path)) {
      return Outcome.ok(
          entries
              .map(entry -> entry.getFileName().toString())
              .filter(InstanceDirectory::isValidId)
              .sorted()
              .toList());
    } catch (IOException | UncheckedIOException e) {
      return Outcome.failed(EngineErrors.unknown("who lives in " + path, e));
    }
  }

  /** Those that marked their end and are not deleted yet; costs nothing for those that live. */
  Outcome<List<String>> ended() {
    return Outcome.attempt(
        () ->
            Outcome.ok(
                Presence.list(endings()).stream()
                    .map(entry -> entry.getFileName().toString())
                    .filter(InstanceDirectory::isValidId)
                    .sorted()
                    .toList()));
  }

  /** Removes all of an instance, the mark of its end first: what is left is still found. */
  void delete(String id) throws IOException {
    Files.deleteIfExists(endings().resolve(id));
    files(id).delete();
  }

  private Path endings() {
    return path.resolveSibling("ended");
  }

  /** Makes an instance's directory with its spec, which is there as a whole or not at all. */
  Outcome<InstanceFiles> make(InstanceSpec spec) {
    InstanceFiles files = files(spec.id());
    if (Presence.exists(files.directory())) {
      return Outcome.failed(new EngineFailure.WrongState(spec.id(), "there already", "unknown"));
    }
    try {
      InstanceFiles.createPassable(files.directory());
      Path whole = files.directory().resolve("instance.json.tmp");
      SpecJson.write(Files.createFile(whole, Private.FILE), spec);
      Files.move(whole, files.spec());
      return Outcome.ok(files);
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("prepare instance " + spec.id(), e));
    }
  }

  /**
   * The instance's state; empty if there is none. Where that can't be told it is a failure, and
   * never taken for an end.
   */
  Outcome<Optional<InstanceState>> inspect(
      String id, BiFunction<InstanceFiles, InstanceSpec, InstanceState> state) {
    return Outcome.attempt(
        () -> {
          InstanceFiles files = files(id);
          try {
            return Outcome.ok(Optional.of(state.apply(files, SpecJson.read(files.spec()))));
          } catch (NoSuchFileException e) {
            return Outcome.ok(Optional.empty());
          } catch (SpecJson.MalformedSpecException e) {
            // As a loss of power leaves it; nothing survives that.
            return Supervisor.isAlive(files)
                ? Outcome.failed(EngineErrors.unknown("what is of " + id, e))
                : Outcome.ok(Optional.empty());
          } catch (IOException e) {
            return Outcome.failed(EngineErrors.unknown("what is of " + id, e));
          }
        });
  }
}
