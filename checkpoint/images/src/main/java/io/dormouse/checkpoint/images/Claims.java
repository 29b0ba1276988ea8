package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.blobs.Blobs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/** Who may wake an image: a blob per claim, of which the first that is written counts. */
final class Claims {
  private static final int CLAIMANT_CHARS_MAX = 512;
  private static final int BYTES_MAX = 4_096;

  private final Blobs blobs;
  private final InstantSource clock;

  Claims(Blobs blobs, InstantSource clock) {
    this.blobs = blobs;
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
    byte[] text = (claim.at() + "\n" + claimant + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      return blobs.create(name(id), text) ? new Stored.Ok<>(claim) : again(id, claimant);
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

  Stored<Optional<Claim>> find(ImageId id) {
    try {
      return new Stored.Ok<>(read(id));
    } catch (IOException e) {
      return new Stored.Failed<>(StoreFailure.of("read the claim of image " + id, e));
    }
  }

  boolean isClaimed(ImageId id) throws IOException {
    return blobs.exists(name(id));
  }

  void remove(ImageId id) throws IOException {
    blobs.delete(name(id));
  }

  private Optional<Claim> read(ImageId id) throws IOException {
    try {
      List<String> lines =
          new String(blobs.read(name(id), BYTES_MAX), StandardCharsets.UTF_8).lines().toList();
      if (lines.size() != 2) {
        throw new IOException("the claim %s must have two lines".formatted(name(id)));
      }
      return Optional.of(new Claim(id, lines.get(1), Instant.parse(lines.get(0))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (DateTimeParseException e) {
      throw new IOException("the claim %s must start with a time".formatted(name(id)), e);
    }
  }

  private static String name(ImageId id) {
    return "claims/%s/%s".formatted(id.instance(), id.generation());
  }
}
