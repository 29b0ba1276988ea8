package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.packs.CorruptPackException;
import io.dormouse.checkpoint.images.packs.PackSource;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** An image of this store. It may be deleted meanwhile: then reading it fails. */
final class StoredOffer implements ImageOffer {
  private final Catalog.Entry entry;
  private final byte[] manifest;
  private final PackSource packs;

  /** {@code packs} of its domain. */
  StoredOffer(Catalog.Entry entry, byte[] manifest, PackSource packs) {
    this.entry = entry;
    this.manifest = manifest;
    this.packs = new Own(packs, Set.copyOf(entry.manifest().contents().packs()));
  }

  @Override
  public ImageId id() {
    return entry.manifest().id();
  }

  @Override
  public byte[] manifest() {
    return manifest.clone();
  }

  @Override
  public byte[] table(int bytesMax) throws OfferException {
    if (entry.table().length > bytesMax) {
      throw new OfferException(new StoreFailure.BadOffer(id(), "its page table is too long"));
    }
    return entry.table().clone();
  }

  @Override
  public PackSource packs() {
    return packs;
  }

  /** Of all packs of a domain those that the image uses. */
  private record Own(PackSource all, Set<UUID> own) implements PackSource {
    private void check(UUID pack) throws NoSuchFileException {
      if (!own.contains(pack)) {
        throw new NoSuchFileException(pack.toString(), null, "it is no pack of this image");
      }
    }

    @Override
    public long length(UUID pack) throws IOException {
      check(pack);
      return all.length(pack);
    }

    @Override
    public void read(UUID pack, List<Range> ranges, Sink sink)
        throws IOException, CorruptPackException {
      check(pack);
      all.read(pack, ranges, sink);
    }
  }
}
