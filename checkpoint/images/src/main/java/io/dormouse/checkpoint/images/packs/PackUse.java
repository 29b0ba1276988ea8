package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.blobs.Blob;
import io.dormouse.checkpoint.images.blobs.Blobs;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;

/** What packs take in a store. */
public final class PackUse {
  private static final int PACKS_MAX = 1_000_000;

  private final Blobs blobs;

  /** Looks at the packs among a store's blobs. */
  public PackUse(Blobs blobs) {
    this.blobs = blobs;
  }

  /** Bytes of all packs, by domain. */
  public Map<String, Long> byDomain() throws IOException {
    Map<String, Long> bytes = new TreeMap<>();
    for (Blob blob : blobs.list(PackName.PACKS, PACKS_MAX)) {
      PackName.parse(blob.name()).ifPresent(n -> bytes.merge(n.domain(), blob.bytes(), Long::sum));
    }
    return bytes;
  }

  /** Bytes of all packs of a domain. */
  public long bytes(String domain) throws IOException {
    return bytes(domain, pack -> true);
  }

  /** Bytes of some packs of a domain. */
  public long bytes(String domain, Set<UUID> packs) throws IOException {
    return bytes(domain, packs::contains);
  }

  private long bytes(String domain, Predicate<UUID> counts) throws IOException {
    long bytes = 0;
    for (Blob blob : blobs.list(PackName.PACKS + "/" + domain, PACKS_MAX)) {
      Optional<PackName> name = PackName.parse(blob.name());
      bytes += name.filter(n -> counts.test(n.pack())).isPresent() ? blob.bytes() : 0;
    }
    return bytes;
  }
}
