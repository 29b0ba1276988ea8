package io.dormouse.checkpoint.images.packs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.dormouse.checkpoint.images.blobs.DirectoryBlobs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ImagePackerTest {
  private static final int PAGE = PackFormat.CHUNK_BYTES;
  private static final byte[] SECRET = new byte[DomainKeys.SECRET_BYTES];

  private Path root;
  private Folder packs;
  private PackWorkers workers;

  @BeforeEach
  @BeforeProperty
  void start() throws IOException {
    root = Files.createTempDirectory("packs");
    packs = new Folder(new DirectoryBlobs(root.resolve("packs")));
    workers = new PackWorkers(new DomainKeys(SECRET), 2);
  }

  @AfterEach
  @AfterProperty
  void stop() throws IOException {
    workers.close();
    com.google.common.io.MoreFiles.deleteRecursively(
        root, com.google.common.io.RecursiveDeleteOption.ALLOW_INSECURE);
  }

  private Path folder() throws IOException {
    return Files.createTempDirectory(root, "files");
  }

  private ImagePacker.Packed pack(Path folder, ChunkIndex index, List<ImagePacker.Known> known)
      throws Exception {
    try (ImagePacker packer = new ImagePacker(workers, packs, index, known)) {
      try (var files = Files.walk(folder)) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          packer.add(folder, file);
        }
      }
      return packer.finish();
    }
  }

  private Path unpack(PageTable table) throws Exception {
    Path target = folder();
    try (ImageUnpacker unpacker = ImageUnpacker.open(table, workers, packs)) {
      unpacker.unpack(target, new PageTable(List.of(), List.of()));
    }
    return target;
  }

  private static byte[] random(int bytes, long seed) {
    byte[] all = new byte[bytes];
    new Random(seed).nextBytes(all);
    return all;
  }

  @Property(tries = 60)
  void unpacksWhatWasPacked(
      @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 70) Integer> pages,
      @ForAll @IntRange(max = PackFormat.CHUNK_BYTES) int more,
      @ForAll long seed)
      throws Exception {
    Path folder = folder();
    Random random = new Random(seed);
    for (int i = 0; i < pages.size(); i++) {
      byte[] bytes = new byte[pages.get(i) * PAGE + more];
      for (int page = 0; page < bytes.length; page += PAGE) {
        fill(bytes, page, random);
      }
      Files.write(folder.resolve("file-" + i), bytes);
    }

    PageTable table = pack(folder, new ChunkIndex(1_000), List.of()).table();
    Path target = unpack(PageTable.decode(table.encode()));

    for (int i = 0; i < pages.size(); i++) {
      assertThat(target.resolve("file-" + i)).hasSameBinaryContentAs(folder.resolve("file-" + i));
    }
  }

  /** A page of zeros, of one of few kinds, or of its own. */
  private static void fill(byte[] bytes, int from, Random random) {
    int kind = random.nextInt(6);
    Random content = kind < 3 ? new Random(kind) : random;
    for (int i = from; kind > 0 && i < Math.min(bytes.length, from + PAGE); i++) {
      bytes[i] = (byte) content.nextInt(kind == 1 ? 4 : 256);
    }
  }

  @Property(tries = 30)
  void aFileThatGrowsIsPackedAsIfItWereComplete(
      @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 3 * Segment.BYTES / 2) Integer> pieces,
      @ForAll long seed)
      throws Exception {
    Path folder = folder();
    Path file = Files.createFile(folder.resolve("pages-1.img"));
    ImagePacker.Packed grown;
    try (ImagePacker packer = new ImagePacker(workers, packs, new ChunkIndex(1 << 16), List.of())) {
      for (int i = 0; i < pieces.size(); i++) {
        Files.write(file, random(pieces.get(i), seed + i), StandardOpenOption.APPEND);
        packSomeOf(packer, file);
      }
      packer.add(folder, file);
      grown = packer.finish();
    }

    ImagePacker.Packed whole = pack(folder, new ChunkIndex(1 << 16), List.of());

    assertThat(unpack(grown.table()).resolve("pages-1.img")).hasSameBinaryContentAs(file);
    assertThat(grown.newBytes()).isEqualTo(whole.newBytes());
  }

  @Test
  void whereSpaceIsScarceAFileThatGrowsGivesItBackAsItIsPacked() throws Exception {
    Path folder = folder();
    byte[] memory = random(72 << 20, 9);
    Path file = Files.write(folder.resolve("pages-1.img"), memory);
    ImagePacker.Packed packed;
    try (ImagePacker packer =
        new ImagePacker(
            workers, packs, new ChunkIndex(1 << 16), List.of(), new HolePuncher(unused -> true))) {
      packSomeOf(packer, file);
      assumeThat(diskBytes(folder)).as("a file system with holes").isLessThan(20 << 20);
      packer.add(folder, file);
      packed = packer.finish();
    }

    assertThat(file).hasSize(memory.length);
    assertThat(unpack(packed.table()).resolve("pages-1.img")).hasBinaryContent(memory);
  }

  /** All whole segments that there are. */
  private static void packSomeOf(ImagePacker packer, Path file) throws Exception {
    boolean more = true;
    while (more) {
      more = packer.addGrown(file);
    }
  }

  private static long diskBytes(Path folder) throws Exception {
    Process du = new ProcessBuilder("du", "--block-size=1", folder.toString()).start();
    String said = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return Long.parseLong(said.substring(0, said.indexOf('\t')));
  }

  @Test
  void keepsModesAndFolders() throws Exception {
    Path folder = folder();
    Path file = Files.createDirectories(folder.resolve("a/b")).resolve("run.sh");
    Files.writeString(file, "exit\n");
    Files.setAttribute(file, "unix:mode", 0750);
    Files.createFile(folder.resolve("empty"));

    Path target = unpack(pack(folder, new ChunkIndex(10), List.of()).table());

    assertThat(target.resolve("a/b/run.sh")).hasContent("exit\n");
    assertThat((Integer) Files.getAttribute(target.resolve("a/b/run.sh"), "unix:mode") & 07777)
        .isEqualTo(0750);
    assertThat(target.resolve("empty")).isEmptyFile();
  }

  @Test
  void aSecondGenerationCostsWhatChanged() throws Exception {
    Path folder = folder();
    int pageCount = 4_000;
    byte[] memory = random(pageCount * PAGE, 1);
    Files.write(folder.resolve("pages-1.img"), memory);
    ChunkIndex index = new ChunkIndex(100_000);
    ImagePacker.Packed first = pack(folder, index, List.of());

    Random random = new Random(2);
    int changed = pageCount / 20;
    for (int i = 0; i < changed; i++) {
      memory[random.nextInt(pageCount) * PAGE + random.nextInt(PAGE)]++;
    }
    Files.write(folder.resolve("pages-1.img"), memory);
    ImagePacker.Known known =
        new ImagePacker.Known(first.newPacks().get(0), pageCount, first.newBytes());
    ImagePacker.Packed second = pack(folder, index, List.of(known));

    assertThat(second.newBytes() + second.table().encode().length)
        .isLessThan(changed * PAGE * 106L / 100);
    assertThat(second.sharedBytes()).isCloseTo(pageCount * PAGE * 95L / 100, withPercentage(1));
    assertThat(unpack(second.table()).resolve("pages-1.img")).hasBinaryContent(memory);
    assertThat(first.newPacks()).doesNotContainAnyElementsOf(second.newPacks());
  }

  /** Else one page that never changes would keep a whole pack for ever. */
  @Property(tries = 20)
  void aPackOfWhichLittleIsUsedIsLeft(
      @ForAll @IntRange(min = 1, max = 99) int percentKept, @ForAll long seed) throws Exception {
    Path folder = folder();
    int pageCount = 300;
    byte[] memory = random(pageCount * PAGE, seed);
    Files.write(folder.resolve("pages-1.img"), memory);
    ChunkIndex index = new ChunkIndex(10_000);
    ImagePacker.Packed first = pack(folder, index, List.of());

    int kept = pageCount * percentKept / 100;
    byte[] changed = random((pageCount - kept) * PAGE, seed + 1);
    System.arraycopy(changed, 0, memory, 0, changed.length);
    Files.write(folder.resolve("pages-1.img"), memory);
    UUID old = first.newPacks().get(0);
    ImagePacker.Packed second =
        pack(folder, index, List.of(new ImagePacker.Known(old, pageCount, first.newBytes())));

    boolean left = kept * SparsePacks.CHUNKS_PER_USED_MAX < pageCount;
    assertThat(second.table().packs().contains(old)).isEqualTo(!left);
    assertThat(second.sharedBytes() > 0).isEqualTo(!left);
    assertThat(unpack(second.table()).resolve("pages-1.img")).hasBinaryContent(memory);
  }

  @Test
  void pagesThatAreEqualAreStoredOnce() throws Exception {
    Path folder = folder();
    byte[] page = random(PAGE, 3);
    for (String name : List.of("a", "b", "c")) {
      Files.write(folder.resolve(name), page);
    }

    assertThat(pack(folder, new ChunkIndex(10), List.of()).newBytes()).isLessThan(PAGE * 3 / 2);
  }

  @Test
  void anIndexThatIsFullCostsSpaceOnly() throws Exception {
    Path folder = folder();
    byte[] twice = random(40 * PAGE, 4);
    Files.write(folder.resolve("a"), twice);
    Files.write(folder.resolve("b"), twice);

    ImagePacker.Packed packed = pack(folder, new ChunkIndex(5), List.of());

    assertThat(packed.newBytes()).isBetween(70L * PAGE, 80L * PAGE);
    assertThat(unpack(packed.table()).resolve("b")).hasBinaryContent(twice);
  }

  @Test
  void everyFlippedBitIsFound() throws Exception {
    Path folder = folder();
    byte[] mixed = random(2 * PAGE, 5);
    java.util.Arrays.fill(mixed, PAGE / 8, 2 * PAGE, (byte) 'x');
    Files.write(folder.resolve("pages-1.img"), mixed);
    UUID pack = pack(folder, new ChunkIndex(10), List.of()).newPacks().get(0);
    Path file = packs.of(pack);
    byte[] whole = Files.readAllBytes(file);
    Random random = new Random(6);

    List<Integer> missed = new ArrayList<>();
    for (int i = 0; i < whole.length; i++) {
      byte[] bad = whole.clone();
      bad[i] ^= (byte) (1 << random.nextInt(Byte.SIZE));
      Files.write(file, bad);
      if (isSound(pack)) {
        missed.add(i);
      }
    }
    assertThat(missed).isEmpty();
    Files.write(file, whole);
    assertThat(isSound(pack)).isTrue();
  }

  @Test
  void everyCutIsFound() throws Exception {
    Path folder = folder();
    Files.write(folder.resolve("pages-1.img"), random(PAGE, 7));
    UUID pack = pack(folder, new ChunkIndex(10), List.of()).newPacks().get(0);
    byte[] whole = Files.readAllBytes(packs.of(pack));

    for (int length = 0; length < whole.length; length += 7) {
      Files.write(packs.of(pack), java.util.Arrays.copyOf(whole, length));
      assertThat(isSound(pack)).as("cut to %d bytes", length).isFalse();
    }
  }

  private boolean isSound(UUID pack) throws IOException {
    try {
      return PackVerifier.verify(pack, workers, packs.open(pack), PackVerifier.names(workers)) > 0;
    } catch (CorruptPackException found) {
      return false;
    }
  }

  @Test
  void anotherDomainCanNeitherReadItNorNameItsChunks() throws Exception {
    Path folder = folder();
    Files.write(folder.resolve("pages-1.img"), random(PAGE, 8));
    PageTable table = pack(folder, new ChunkIndex(10), List.of()).table();
    byte[] other = SECRET.clone();
    other[0] = 1;

    try (PackWorkers strangers = new PackWorkers(new DomainKeys(other), 1)) {
      assertThatThrownBy(() -> ImageUnpacker.open(table, strangers, packs))
          .isInstanceOf(CorruptPackException.class)
          .hasMessageContaining("its key is another");
    }
    assertThat(name(SECRET)).isNotEqualTo(name(other)).isEqualTo(name(SECRET));
  }

  private static long name(byte[] secret) {
    ChunkHasher hasher = new DomainKeys(secret).hasher();
    hasher.hash(new byte[PAGE], 0, PAGE);
    return hasher.high();
  }

  @Test
  void aPathThatLeadsOutIsRefused() throws Exception {
    PageTable table =
        new PageTable(List.of(), List.of(new PackedFile("../out", 0600, 0, new PageRuns())));

    assertThatThrownBy(() -> unpack(table)).isInstanceOf(CorruptPackException.class);
    assertThat(root.resolve("out")).doesNotExist();
  }
}
