package io.dormouse.checkpoint.images.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The master keys of a directory: {@code master.key} wraps, those in {@code older/} still unwrap,
 * and of those that are retired only the id is left there, as stores are marked with it. Read anew
 * each time, so that whoever uses the directory follows a rotation without a restart.
 */
final class Masters {
  private static final String CURRENT = "master.key";
  private static final String SUFFIX = ".key";
  private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");
  private static final Pattern RETIRED = Pattern.compile("dormouse-retired-key 1\n?");

  private final Path file;
  private final Path older;

  /** Those of a key directory. */
  Masters(Path directory) {
    file = directory.resolve(CURRENT);
    older = directory.resolve("older");
  }

  boolean areThere() {
    return Files.exists(file);
  }

  /** Gives a file to the owner of the current one. */
  void giveToOwner(Path made) throws IOException {
    KeyFiles.giveTo(made, file);
  }

  /** Makes the first one; only under the directory's lock. */
  void create() throws IOException {
    boolean unused = KeyFiles.create(file, MasterKey.fresh().text());
  }

  /** The one that wraps from now on. */
  MasterKey current() throws IOException {
    try {
      return MasterKey.read(file);
    } catch (NoSuchFileException e) {
      throw new KeyException(
          "There is no master key %s.%nMaybe another directory was meant, or it has to come back from a backup."
              .formatted(file),
          e);
    }
  }

  /** One that unwraps; empty if it was never here, or is retired. */
  Optional<MasterKey> find(String id) throws IOException {
    MasterKey current = current();
    return current.id().equals(id) ? Optional.of(current) : findOlder(id);
  }

  /** Whether it is here, or was before it was retired. */
  boolean knew(String id) throws IOException {
    return current().id().equals(id) || olderIds().contains(id);
  }

  /** Those that unwrap beside the current one. */
  List<String> readable() throws IOException {
    String current = current().id();
    List<String> found = new ArrayList<>();
    for (String id : olderIds()) {
      if (!id.equals(current) && findOlder(id).isPresent()) {
        found.add(id);
      }
    }
    return found;
  }

  /** Those of which only the id is left. */
  List<String> retired() throws IOException {
    List<String> found = new ArrayList<>();
    for (String id : olderIds()) {
      if (findOlder(id).isEmpty()) {
        found.add(id);
      }
    }
    return found;
  }

  /** First step of a rotation: what wraps now will still unwrap. */
  void keep(MasterKey current) throws IOException {
    KeyFiles.createFolderLike(older, file);
    boolean made = KeyFiles.create(file(current.id()), current.text());
    KeyFiles.giveTo(file(current.id()), file);
    if (!made && findOlder(current.id()).isEmpty()) {
      throw new KeyException(
          "The master key %s is retired and in use.%nMaybe %s came back from a backup; remove %s."
              .formatted(current.id(), file, file(current.id())));
    }
  }

  /** Second step: another one wraps. */
  void replace(MasterKey next) throws IOException {
    KeyFiles.replace(file, next.text());
  }

  /** Last step: nothing is wrapped under it any more. */
  void retire(String id) throws IOException {
    KeyFiles.replace(file(id), "dormouse-retired-key 1\n");
  }

  /** Removes what a dead process has left; only under the directory's lock. */
  void sweep() throws IOException {
    KeyFiles.sweep(older.resolveSibling(CURRENT));
    KeyFiles.sweep(older.resolve(CURRENT));
  }

  private Optional<MasterKey> findOlder(String id) throws IOException {
    if (!ID.matcher(id).matches() || !Files.exists(file(id))) {
      return Optional.empty();
    }
    if (RETIRED.matcher(KeyFiles.readSecret(file(id))).matches()) {
      return Optional.empty();
    }
    MasterKey key = MasterKey.read(file(id));
    if (!key.id().equals(id)) {
      throw new KeyException(
          "The file %s holds another master key (%s).%nMaybe restore it from a backup."
              .formatted(file(id), key.id()));
    }
    return Optional.of(key);
  }

  private List<String> olderIds() throws IOException {
    try (Stream<Path> files = Files.list(older)) {
      return files
          .map(path -> path.getFileName().toString())
          .filter(name -> name.endsWith(SUFFIX))
          .map(name -> name.substring(0, name.length() - SUFFIX.length()))
          .filter(id -> ID.matcher(id).matches())
          .sorted()
          .toList();
    } catch (NoSuchFileException none) {
      return List.of();
    }
  }

  private Path file(String id) {
    return older.resolve(id + SUFFIX);
  }
}
