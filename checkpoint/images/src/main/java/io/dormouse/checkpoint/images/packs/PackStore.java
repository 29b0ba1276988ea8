package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.blobs.Blob;
import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.keys.KeyException;
import io.dormouse.checkpoint.images.keys.KeyRing;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pages of a store's images. Safe for several threads and processes. */
public final class PackStore {
  private static final Logger LOG = LoggerFactory.getLogger(PackStore.class);
  private static final int PACKS_MAX = 1_000_000;

  private final Blobs blobs;
  private final KeyRing ring;
  private final Limits limits;
  private final Pins pins;

  /**
   * What work on packs may take.
   *
   * @param threads that name, compress and seal
   * @param chunksKnownMax how many chunks a dump compares its pages with; 48 bytes of heap each
   * @param retention how long a pack that no image uses is kept for the next to share
   */
  public record Limits(int threads, int chunksKnownMax, Duration retention) {
    /** For the cores of this machine; compares with 2 GiB of pages. */
    public static Limits usual() {
      int cores = Runtime.getRuntime().availableProcessors();
      return new Limits(Math.max(1, Math.min(4, cores)), 1 << 19, Duration.ofHours(1));
    }
  }

  /** Opens the packs among a store's blobs. */
  public PackStore(Blobs blobs, KeyRing ring, Limits limits) {
    this.blobs = blobs;
    this.ring = ring;
    this.limits = limits;
    this.pins = new Pins(blobs);
  }

  /**
   * What is known of an image before it is packed.
   *
   * @param name no other's, of letters, digits, hyphens, underscores and dots
   * @param domain whose pages it may share
   * @param directory where its files are, or will be
   * @param writtenOnce which of them are written from begin to end, so that they can be packed
   *     while they grow; their paths are relative
   * @param preferred packs that probably hold the same pages
   * @param base another image of the domain whose pages its files may be completed by, if any
   */
  public record Begun(
      String name,
      String domain,
      Path directory,
      Predicate<Path> writtenOnce,
      List<UUID> preferred,
      Optional<SealedImage> base) {}

  /** Begins to pack an image. */
  public Packing begin(Begun image) throws IOException {
    PackWorkers crew = crew(ring.secret(image.domain()));
    try {
      NewPacks made = new NewPacks(blobs, image.domain(), image.name(), crew);
      // Only now: what is not condemned yet is kept for whoever is pinned.
      Optional<PageTable> base = image.base().flatMap(pages -> usable(pages, image, crew));
      return new Packing(
          image.directory(),
          image.writtenOnce(),
          crew,
          made,
          base,
          () -> packer(image, crew, made, base));
    } catch (IOException | RuntimeException e) {
      crew.close();
      throw e;
    }
  }

  private ImagePacker packer(Begun image, PackWorkers crew, NewPacks made, Optional<PageTable> base)
      throws IOException {
    ChunkIndex index = new ChunkIndex(2 * limits.chunksKnownMax());
    List<ImagePacker.Known> known = new ArrayList<>();
    for (UUID pack : base.map(PageTable::packs).orElse(List.of())) {
      learn(new PackName(image.domain(), pack), crew, index, known);
    }
    learnMore(image.domain(), crew, image.preferred(), index, known);
    return new ImagePacker(crew, made, index, known);
  }

  /** The base's page table, if all its packs are there and stay for whoever is pinned now. */
  private Optional<PageTable> usable(SealedImage base, Begun image, PackWorkers crew) {
    try {
      PageTable table = base.open(crew.keys());
      Set<PackName> condemned = new HashSet<>(PackCollector.condemned(blobs));
      for (UUID pack : table.packs()) {
        PackName name = new PackName(image.domain(), pack);
        if (condemned.contains(name) || !blobs.exists(name.blob())) {
          return Optional.empty();
        }
      }
      return base.domain().equals(image.domain()) ? Optional.of(table) : Optional.empty();
    } catch (IOException | CorruptPackException e) {
      LOG.warn("The base of {} can't be used: {}", image.name(), e.getMessage());
      return Optional.empty();
    }
  }

  /** The packs of a domain, as another store may take them. */
  public PackSource source(String domain) {
    return new StoredPacks(blobs, domain);
  }

  /**
   * Brings an image over from another store: whole packs, or what is missing of them. Packs that
   * came whole stay when it fails, so that it can go on later.
   *
   * @param name no other's, of letters, digits, hyphens, underscores and dots
   * @param preferred packs of this store that probably hold the same pages
   * @throws ForeignKeysException when the image's keys are not this store's
   * @throws CorruptPackException when something that came is not what was sealed
   */
  public PackedImage take(SealedImage image, String name, List<UUID> preferred, PackSource source)
      throws IOException, CorruptPackException, ForeignKeysException {
    try (PackWorkers crew = crew(existingSecret(image.domain()))) {
      PageTable table = open(image, crew.keys());
      NewPacks made = new NewPacks(blobs, image.domain(), name, crew);
      try {
        ChunkIndex index = new ChunkIndex(2 * limits.chunksKnownMax());
        List<ImagePacker.Known> there = new ArrayList<>();
        learnMore(image.domain(), crew, preferred, index, there);
        KnownChunks known = new KnownChunks(index, there);
        ImagePacker.Packed packed =
            new PackImporter(crew, made, source, known).take(table, here(image.domain()));
        return new PackedImage(made, packed, image.sealed(table, packed.table(), crew.keys()));
      } catch (IOException | CorruptPackException | RuntimeException e) {
        made.discard();
        made.close();
        throw e;
      }
    }
  }

  private byte[] existingSecret(String domain) throws ForeignKeysException, IOException {
    try {
      return ring.existingSecret(domain);
    } catch (KeyException e) {
      throw new ForeignKeysException(String.valueOf(e.getMessage()), e);
    }
  }

  /** The table is known to be what was signed: if it can't be opened, then the key is another. */
  private static PageTable open(SealedImage image, DomainKeys keys) throws ForeignKeysException {
    try {
      return image.open(keys);
    } catch (CorruptPackException e) {
      throw new ForeignKeysException(
          "The key of %s is another one there.".formatted(image.domain()), e);
    }
  }

  private PackImporter.Here here(String domain) throws IOException {
    Set<PackName> condemned = new HashSet<>(PackCollector.condemned(blobs));
    return new PackImporter.Here() {
      @Override
      public boolean has(UUID pack) throws IOException {
        return !isCondemned(pack) && blobs.exists(new PackName(domain, pack).blob());
      }

      @Override
      public boolean isCondemned(UUID pack) {
        return condemned.contains(new PackName(domain, pack));
      }
    };
  }

  /** Lets go of what writers of an image held that have died. */
  public void giveUp(String name) throws IOException {
    pins.giveUp(name);
  }

  /**
   * Reads the names of chunks that the domain has, up to the limit: preferred packs, then newer.
   */
  private void learnMore(
      String domain,
      PackWorkers crew,
      List<UUID> preferred,
      ChunkIndex index,
      List<ImagePacker.Known> known)
      throws IOException {
    Set<PackName> condemned = new HashSet<>(PackCollector.condemned(blobs));
    List<Blob> all = new ArrayList<>(blobs.list(PackName.PACKS + "/" + domain, PACKS_MAX));
    all.sort(Comparator.comparing(Blob::createdAt).reversed());
    Set<PackName> candidates = new LinkedHashSet<>();
    preferred.forEach(pack -> candidates.add(new PackName(domain, pack)));
    all.forEach(blob -> PackName.parse(blob.name()).ifPresent(candidates::add));
    candidates.removeAll(condemned);
    known.forEach(pack -> candidates.remove(new PackName(domain, pack.pack())));
    for (PackName candidate : candidates) {
      if (index.size() >= limits.chunksKnownMax()) {
        break;
      }
      learn(candidate, crew, index, known);
    }
  }

  private void learn(
      PackName name, PackWorkers crew, ChunkIndex index, List<ImagePacker.Known> known)
      throws IOException {
    try (PackReader reader =
        PackReader.open(name.pack(), crew.keys().packKey(name.pack()), blobs.open(name.blob()))) {
      PackFooter footer = reader.footer();
      for (int i = 0; i < footer.chunks(); i++) {
        index.add(footer.idHigh(i), footer.idLow(i), ChunkIndex.place(known.size(), i));
      }
      known.add(new ImagePacker.Known(name.pack(), footer.chunks(), reader.length()));
    } catch (NoSuchFileException collectedMeanwhile) {
      LOG.debug("The pack {} is gone.", name);
    } catch (CorruptPackException e) {
      LOG.warn("The pack {} is damaged, so nothing new refers to it: {}", name, e.getMessage());
    }
  }

  /**
   * Makes an image's files anew in an empty directory. All that is read is authenticated.
   *
   * @throws CorruptPackException when a pack or the table is not as it was written
   */
  public void unpack(SealedImage image, Path directory) throws IOException, CorruptPackException {
    unpack(image, directory, keys -> new PageTable(List.of(), List.of()));
  }

  /**
   * Makes an image's files of another's, of the same domain, that lie in a directory as they were
   * unpacked. What comes from packs is authenticated, what is there already is not. On failure the
   * directory holds neither.
   *
   * @throws CorruptPackException when a pack or a table is not as it was written
   */
  public void rebuild(SealedImage was, SealedImage image, Path directory)
      throws IOException, CorruptPackException {
    unpack(image, directory, was::open);
  }

  private interface Before {
    PageTable table(DomainKeys keys) throws CorruptPackException;
  }

  private void unpack(SealedImage image, Path directory, Before before)
      throws IOException, CorruptPackException {
    String domain = image.domain();
    try (PackWorkers crew = crew(ring.existingSecret(domain));
        ImageUnpacker unpacker =
            ImageUnpacker.open(
                image.open(crew.keys()),
                crew,
                pack -> blobs.open(new PackName(domain, pack).blob()))) {
      unpacker.unpack(directory, before.table(crew.keys()));
    }
  }

  /**
   * Reads all packs of an image, and holds each chunk against its name.
   *
   * @throws CorruptPackException when anything is not as it was written
   */
  public void verify(String domain, UUID generation, byte[] table)
      throws IOException, CorruptPackException {
    try (PackWorkers crew = crew(ring.existingSecret(domain))) {
      for (UUID pack : SealedTable.open(table, crew.keys(), generation).packs()) {
        new PackName(domain, pack).verify(blobs, crew);
      }
    }
  }

  /** Says which packs published images use. */
  public interface Mark {
    /** Reads all of them. */
    Set<PackName> used() throws IOException;
  }

  /** Removes packs that no image uses any more; how many bytes that gave back. */
  public long collect(Mark mark, Instant now) throws IOException {
    return new PackCollector(blobs, pins, limits.retention()).collect(mark, now);
  }

  private PackWorkers crew(byte[] secret) {
    return new PackWorkers(new DomainKeys(secret), limits.threads());
  }
}
