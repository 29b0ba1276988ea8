package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.blobs.Blob;
import io.dormouse.checkpoint.images.blobs.Blobs;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Writers and collectors at work. A writer pins itself before it looks which packs there are, and
 * until its image is published: what it may have seen stays. A collector does for as long as it may
 * remove something.
 */
final class Pins {
  /** A writer that takes longer has died, or must begin anew. */
  static final Duration AGE_MAX = Duration.ofHours(24);

  private static final int COUNT_MAX = 100_000;
  private static final int DOMAIN_BYTES_MAX = 64;

  private final Blobs blobs;

  Pins(Blobs blobs) {
    this.blobs = blobs;
  }

  /** One writer. */
  final class Pin implements Closeable {
    private final String name;

    private Pin(String name) {
      this.name = name;
    }

    /**
     * Makes sure that it still counts.
     *
     * @throws IOException when it was given up as dead
     */
    void check() throws IOException {
      if (!blobs.exists(name)) {
        throw new IOException("it took so long that pages may have been collected, or come again");
      }
    }

    @Override
    public void close() throws IOException {
      blobs.delete(name);
    }
  }

  /**
   * Begins to write an image.
   *
   * @param image its name, of letters, digits, hyphens, underscores and dots
   * @param domain whose pages it is made of
   */
  Pin take(String image, String domain) throws IOException {
    Pin pin = new Pin(prefix(image) + UUID.randomUUID());
    if (!blobs.create(pin.name, domain.getBytes(StandardCharsets.US_ASCII))) {
      throw new IllegalStateException("A random name must be new.");
    }
    return pin;
  }

  private static String prefix(String image) {
    return PackName.PINS + "/" + image + ".";
  }

  /** Gives up the writers of an image: they are dead. */
  void giveUp(String image) throws IOException {
    for (Blob pin : blobs.list(PackName.PINS, COUNT_MAX)) {
      if (pin.name().startsWith(prefix(image))) {
        blobs.delete(pin.name());
      }
    }
  }

  /** The images of a domain that are being written, or were by who died less than a day ago. */
  List<String> images(String domain) throws IOException {
    List<String> found = new ArrayList<>();
    for (Blob pin : blobs.list(PackName.PINS, COUNT_MAX)) {
      if (domain.equals(domain(pin.name()))) {
        found.add(pin.name().substring(PackName.PINS.length() + 1, pin.name().lastIndexOf('.')));
      }
    }
    return found;
  }

  private String domain(String pin) throws IOException {
    try {
      return new String(blobs.read(pin, DOMAIN_BYTES_MAX), StandardCharsets.US_ASCII);
    } catch (NoSuchFileException ended) {
      return "";
    }
  }

  /** The names of all that are there. */
  Set<String> names() throws IOException {
    return blobs.list(PackName.PINS, COUNT_MAX).stream()
        .map(Blob::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Gives up writers that must be dead. */
  void sweep(Instant now) throws IOException {
    for (Blob pin : blobs.list(PackName.PINS, COUNT_MAX)) {
      if (pin.createdAt().plus(AGE_MAX).isBefore(now)) {
        blobs.delete(pin.name());
      }
    }
  }
}
