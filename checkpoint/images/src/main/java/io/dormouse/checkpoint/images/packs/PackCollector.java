package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.blobs.Blob;
import io.dormouse.checkpoint.images.blobs.Blobs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Removes packs that no image uses, beside writers and other collectors, without clocks that agree:
 *
 * <ol>
 *   <li>A pack that no image uses is condemned. From then on no writer that begins may use it.
 *   <li>The writers that are pinned just after may have seen it before: they are its witnesses.
 *   <li>Once all of them have ended, nobody can come to use it. If no image does, it is removed.
 *   <li>Other collectors at work just then may be about to remove it too, so that it must not come
 *       again by that name: a mark says that it is gone. From then on no collector that begins
 *       removes it. Once those that were pinned just after have ended, the marks go.
 * </ol>
 *
 * <p>A condemned pack that turns out to be used stays until it is not, but gets no new users; none
 * is ever pardoned, so that collectors never contradict each other.
 */
final class PackCollector {
  private static final int BLOBS_MAX = 1_000_000;
  private static final int PINNED_BYTES_MAX = 8 << 20;

  /** No image has this name. */
  private static final String COLLECTOR = "collector";

  private static final String NO_DOMAIN = "";

  private final Blobs blobs;
  private final Pins pins;
  private final Duration retention;

  /**
   * Makes a collector.
   *
   * @param retention how long an unused pack is kept, as the next image may hold the same pages
   */
  PackCollector(Blobs blobs, Pins pins, Duration retention) {
    this.blobs = blobs;
    this.pins = pins;
    this.retention = retention;
  }

  /** Collects once; how many bytes it gave back. */
  long collect(PackStore.Mark mark, Instant now) throws IOException {
    pins.sweep(now);
    try (Pins.Pin self = pins.take(COLLECTOR, NO_DOMAIN)) {
      return collect(mark, now, self);
    }
  }

  private long collect(PackStore.Mark mark, Instant now, Pins.Pin self) throws IOException {
    Map<PackName, Blob> packs = byName(blobs.list(PackName.PACKS, BLOBS_MAX));
    List<PackName> condemned = condemned(blobs);
    List<PackName> eligible = new ArrayList<>();
    for (PackName pack : condemned) {
      if (blobs.exists(pack.gone())) {
        finish(pack);
      } else if (haveEnded(pack.witnesses())) {
        eligible.add(pack);
      }
    }
    // Only now: what a witness published before it ended must be seen.
    Set<PackName> used = mark.used();
    long bytes = 0;
    for (PackName pack : eligible) {
      if (!used.contains(pack)) {
        self.check();
        remove(pack);
        bytes += packs.containsKey(pack) ? packs.get(pack).bytes() : 0;
      }
    }
    for (Map.Entry<PackName, Blob> pack : packs.entrySet()) {
      boolean old = !pack.getValue().createdAt().plus(retention).isAfter(now);
      if (old && !used.contains(pack.getKey()) && !condemned.contains(pack.getKey())) {
        condemn(pack.getKey());
      }
    }
    return bytes;
  }

  private void condemn(PackName pack) throws IOException {
    blobs.create(pack.condemnation(), new byte[0]);
    note(pack.witnesses());
  }

  /** Whoever is pinned after a mark was made; who comes later sees the mark. */
  private void note(String pinned) throws IOException {
    String names = String.join("\n", new TreeSet<>(pins.names()));
    blobs.create(pinned, names.getBytes(StandardCharsets.US_ASCII));
  }

  private boolean haveEnded(String pinned) throws IOException {
    if (!blobs.exists(pinned)) {
      note(pinned);
    }
    Set<String> now = pins.names();
    try {
      String names = new String(blobs.read(pinned, PINNED_BYTES_MAX), StandardCharsets.US_ASCII);
      return names.lines().noneMatch(now::contains);
    } catch (NoSuchFileException e) {
      // Another collector has finished with it.
      return false;
    }
  }

  /** The pack first: a condemnation without a pack is finished by the next collection. */
  private void remove(PackName pack) throws IOException {
    blobs.delete(pack.blob());
    blobs.create(pack.gone(), new byte[0]);
    note(pack.removers());
  }

  /** The mark that it is gone goes last: as long as there is another, it is. */
  private void finish(PackName pack) throws IOException {
    if (haveEnded(pack.removers())) {
      blobs.delete(pack.condemnation());
      blobs.delete(pack.witnesses());
      blobs.delete(pack.removers());
      blobs.delete(pack.gone());
    }
  }

  /** The packs that no new image may use. */
  static List<PackName> condemned(Blobs blobs) throws IOException {
    return blobs.list(PackName.CONDEMNED, BLOBS_MAX).stream()
        .flatMap(blob -> PackName.parse(blob.name()).stream())
        .distinct()
        .toList();
  }

  private static Map<PackName, Blob> byName(List<Blob> all) {
    Map<PackName, Blob> packs = new HashMap<>();
    for (Blob blob : all) {
      PackName.parse(blob.name()).ifPresent(name -> packs.put(name, blob));
    }
    return packs;
  }
}
