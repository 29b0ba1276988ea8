package io.dormouse.checkpoint.images;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * One file per claim, made by linking a complete file to its name: either all of it is there, or
 * nothing.
 */
final class DirectoryClaims {
  private static final int CLAIMANT_CHARS_MAX = 512;

  private final Path root;
  private final InstantSource clock;

  DirectoryClaims(Path root, InstantSource clock) {
    this.root = root;
    this.clock = clock;
  }

  Stored<Claim> claim(ImageId id, String claimant) {
    if (claimant.isBlank()
        || claimant.length() > CLAIMANT_CHARS_MAX
        || claimant.indexOf('\n') >= 0) {
      throw new IllegalArgumentException(
          "The claimant of image %s must be one line of 1 to %d characters."
              .formatted(id, CLAIMANT_CHARS_MAX));
    }
    Claim claim = new Claim(id, claimant, clock.instant());
    Path target = file(id);
    Path temporary = folder(id).resolve("." + id.generation() + "." + UUID.randomUUID());
    try {
      ImageFiles.createPrivateDirectories(folder(id));
      ImageFiles.writeDurably(
          temporary, (claim.at() + "\n" + claimant + "\n").getBytes(StandardCharsets.UTF_8));
      try {
        Files.createLink(target, temporary);
        ImageFiles.syncDirectory(folder(id));
        return new Stored.Ok<>(claim);
      } catch (FileAlreadyExistsException e) {
        return again(id, claimant);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("claim image " + id, e));
    }
  }

  private Stored<Claim> again(ImageId id, String claimant) throws IOException {
    Optional<Claim> held = read(id);
    if (held.isPresent() && held.get().claimant().equals(claimant)) {
      return new Stored.Ok<>(held.get());
    }
    return new Stored.Failed<>(
        new StoreFailure.Claimed(
            id, held.map(Claim::claimant).orElse("somebody who gave it back just now")));
  }

  Stored<ImageId> release(ImageId id, String claimant) {
    try {
      Optional<Claim> held = read(id);
      if (held.isPresent() && !held.get().claimant().equals(claimant)) {
        return new Stored.Failed<>(new StoreFailure.Claimed(id, held.get().claimant()));
      }
      remove(id);
      return new Stored.Ok<>(id);
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("release image " + id, e));
    }
  }

  boolean isClaimed(ImageId id) throws IOException {
    return ImageFiles.isThere(file(id));
  }

  void remove(ImageId id) throws IOException {
    if (Files.deleteIfExists(file(id))) {
      ImageFiles.syncDirectory(folder(id));
    }
  }

  private Optional<Claim> read(ImageId id) throws IOException {
    try {
      List<String> lines = Files.readAllLines(file(id));
      if (lines.size() != 2) {
        throw new IOException("the claim file %s must have two lines".formatted(file(id)));
      }
      return Optional.of(new Claim(id, lines.get(1), Instant.parse(lines.get(0))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (DateTimeParseException e) {
      throw new IOException("the claim file %s must start with a time".formatted(file(id)), e);
    }
  }

  private Path file(ImageId id) {
    return folder(id).resolve(id.generation().toString());
  }

  private Path folder(ImageId id) {
    return root.resolve(id.instance());
  }
}
