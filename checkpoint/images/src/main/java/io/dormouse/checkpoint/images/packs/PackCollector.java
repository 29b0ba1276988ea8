package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.blobs.Blob;
import io.dormouse.checkpoint.images.blobs.Blobs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
 * </ol>
 *
 * <p>A condemned pack that turns out to be used stays until it is not, but gets no new users; none
 * is ever pardoned, so that collectors never contradict each other.
 */
final class PackCollector {
  private static final int BLOBS_MAX = 1_000_000;
  private static final int WITNESSES_BYTES_MAX = 8 << 20;

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
    Map<PackName, Blob> packs = byName(blobs.list(PackName.PACKS, BLOBS_MAX));
    List<PackName> condemned = condemned(blobs);
    List<PackName> eligible = new ArrayList<>();
    for (PackName pack : condemned) {
      if (witnessesHaveEnded(pack)) {
        eligible.add(pack);
      }
    }
    // Only now: what a witness published before it ended must be seen.
    Set<PackName> used = mark.used();
    long bytes = 0;
    for (PackName pack : eligible) {
      if (!used.contains(pack)) {
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
    callWitnesses(pack);
  }

  /** Whoever is pinned after the condemnation is there; who comes later sees it. */
  private void callWitnesses(PackName pack) throws IOException {
    String names = String.join("\n", new TreeSet<>(pins.names()));
    blobs.create(pack.witnesses(), names.getBytes(StandardCharsets.US_ASCII));
  }

  private boolean witnessesHaveEnded(PackName pack) throws IOException {
    if (!blobs.exists(pack.witnesses())) {
      callWitnesses(pack);
    }
    Set<String> now = pins.names();
    String names =
        new String(blobs.read(pack.witnesses(), WITNESSES_BYTES_MAX), StandardCharsets.US_ASCII);
    return names.lines().noneMatch(now::contains);
  }

  /** The pack first: a condemnation without a pack is finished by the next collection. */
  private void remove(PackName pack) throws IOException {
    blobs.delete(pack.blob());
    blobs.delete(pack.witnesses());
    blobs.delete(pack.condemnation());
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
