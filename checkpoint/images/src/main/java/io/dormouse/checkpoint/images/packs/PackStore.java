package io.dormouse.checkpoint.images.packs;

import io.dormouse.checkpoint.images.blobs.Blob;
import io.dormouse.checkpoint.images.blobs.Blobs;
import io.dormouse.checkpoint.images.keys.KeyRing;
import java.io.Closeable;
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
import java.util.Set;
import java.util.UUID;
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
   * An image as it is packed: durable and read back, but nothing names it yet. To be closed once
   * something does, or never will.
   */
  public final class PackedImage implements Closeable {
    private final Pins.Pin pin;
    private final String domain;
    private final ImagePacker.Packed packed;
    private final byte[] table;

    private PackedImage(Pins.Pin pin, String domain, ImagePacker.Packed packed, byte[] table) {
      this.pin = pin;
      this.domain = domain;
      this.packed = packed;
      this.table = table;
    }

    /** The sealed page table. */
    public byte[] table() {
      return table.clone();
    }

    /** All packs that it uses. */
    public List<UUID> packs() {
      return packed.table().packs();
    }

    /** How many files it has. */
    public int files() {
      return packed.table().files().size();
    }

    /** Length of its files, bytes. */
    public long fileBytes() {
      return packed.table().files().stream().mapToLong(PackedFile::sizeBytes).sum();
    }

    /** Bytes that the store did not have. */
    public long newBytes() {
      return packed.newBytes() + table.length;
    }

    /** Bytes in the store that it uses, with its share of what others use too. */
    public long storedBytes() {
      return newBytes() + packed.sharedBytes();
    }

    /**
     * Makes sure that its packs are still safe from collection: the last thing before it is named.
     *
     * @throws IOException when it took too long
     */
    public void check() throws IOException {
      pin.check();
    }

    /** Removes what was made for it: nothing will name it. */
    public void discard() throws IOException {
      for (UUID pack : packed.newPacks()) {
        blobs.delete(new PackName(domain, pack).blob());
      }
    }

    @Override
    public void close() throws IOException {
      pin.close();
    }
  }

  /**
   * Packs files, and reads back what was written.
   *
   * @param domain whose pages they may share
   * @param generation of the image
   * @param preferred packs that probably hold the same pages
   * @throws CorruptPackException when what was written does not read back
   */
  public PackedImage pack(
      String domain, UUID generation, Path directory, List<Path> files, List<UUID> preferred)
      throws IOException, CorruptPackException {
    Pins.Pin pin = pins.take();
    List<UUID> made = new ArrayList<>();
    try (PackWorkers crew = crew(ring.secret(domain))) {
      ImagePacker.Packed packed = pack(domain, directory, files, preferred, crew, made);
      for (UUID pack : packed.newPacks()) {
        verify(new PackName(domain, pack), crew);
      }
      byte[] table = SealedTable.seal(packed.table(), crew.keys(), generation);
      return new PackedImage(pin, domain, packed, table);
    } catch (IOException | CorruptPackException | RuntimeException e) {
      for (UUID pack : made) {
        blobs.delete(new PackName(domain, pack).blob());
      }
      pin.close();
      throw e;
    }
  }

  private ImagePacker.Packed pack(
      String domain,
      Path directory,
      List<Path> files,
      List<UUID> preferred,
      PackWorkers crew,
      List<UUID> made)
      throws IOException {
    ChunkIndex index = new ChunkIndex(2 * limits.chunksKnownMax());
    List<ImagePacker.Known> known = known(domain, crew, preferred, index);
    ImagePacker.Destination destination =
        pack -> {
          made.add(pack);
          return blobs.begin(new PackName(domain, pack).blob());
        };
    try (ImagePacker packer = new ImagePacker(crew, destination, index, known)) {
      for (Path file : files) {
        packer.add(directory, file);
      }
      return packer.finish();
    }
  }

  /**
   * Reads the names of chunks that the domain has, up to the limit: preferred packs, then newer.
   */
  private List<ImagePacker.Known> known(
      String domain, PackWorkers crew, List<UUID> preferred, ChunkIndex index) throws IOException {
    Set<PackName> condemned = new HashSet<>(PackCollector.condemned(blobs));
    List<Blob> all = new ArrayList<>(blobs.list(PackName.PACKS + "/" + domain, PACKS_MAX));
    all.sort(Comparator.comparing(Blob::createdAt).reversed());
    Set<PackName> candidates = new LinkedHashSet<>();
    preferred.forEach(pack -> candidates.add(new PackName(domain, pack)));
    all.forEach(blob -> PackName.parse(blob.name()).ifPresent(candidates::add));
    candidates.removeAll(condemned);
    List<ImagePacker.Known> known = new ArrayList<>();
    for (PackName candidate : candidates) {
      if (index.size() >= limits.chunksKnownMax()) {
        break;
      }
      learn(candidate, crew, index, known);
    }
    return known;
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
  public void unpack(String domain, UUID generation, byte[] table, Path directory)
      throws IOException, CorruptPackException {
    try (PackWorkers crew = crew(ring.existingSecret(domain))) {
      PageTable pages = SealedTable.open(table, crew.keys(), generation);
      try (ImageUnpacker unpacker =
          ImageUnpacker.open(pages, crew, pack -> blobs.open(new PackName(domain, pack).blob()))) {
        unpacker.unpack(directory);
      }
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
        verify(new PackName(domain, pack), crew);
      }
    }
  }

  private void verify(PackName name, PackWorkers crew) throws IOException, CorruptPackException {
    try {
      PackVerifier.verify(name.pack(), crew, blobs.open(name.blob()));
    } catch (CorruptPackException e) {
      throw new CorruptPackException("pack %s: %s".formatted(name.pack(), e.getMessage()), e);
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
