package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dormouse.checkpoint.engines.CriuPagemap.Entry;
import io.dormouse.checkpoint.images.packs.InheritedPages.Piece;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CriuPagemapTest {
  private static final long PAGE = CriuPagemap.PAGE_BYTES;

  /** Of all images, and of lists of pages; the lowest byte first. */
  private static final byte[] MAGIC = {0x19, 0x43, 0x56, 0x54, 0x25, 0x40, 0x08, 0x56};

  @TempDir private Path directory = Path.of("");

  private static CriuPagemap of(List<Entry> entries) {
    CriuMessages file = new CriuMessages(MAGIC, List.of(CriuMessages.message(Map.of(1, 7L))));
    return new CriuPagemap(file, 7, entries);
  }

  /** Neighbouring runs of pages: a length each, and whether there is one at all. */
  private static List<Entry> entries(List<Integer> lengths, boolean mayBeInParent, long seed) {
    List<Entry> entries = new ArrayList<>();
    long address = 0x7f0000000000L;
    java.util.Random random = new java.util.Random(seed);
    for (int length : lengths) {
      boolean inParent = mayBeInParent && random.nextBoolean();
      entries.add(new Entry(address, length, inParent ? 1 : 4, inParent));
      address += length * PAGE;
    }
    return entries;
  }

  /** Each page's address, with where its bytes are. */
  private static Map<Long, String> places(CriuPagemap map, String name) {
    Map<Long, String> places = new TreeMap<>();
    long number = 0;
    for (Entry entry : map.entries()) {
      for (int i = 0; i < entry.pages() && !entry.inParent(); i++) {
        places.put(entry.address() + i * PAGE, name + number++);
      }
    }
    return places;
  }

  @Property(tries = 300)
  void everyPageComesFromWhereItIs(
      @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 1, max = 9) Integer> parentRuns,
      @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 1, max = 9) Integer> runs,
      @ForAll long seed)
      throws IOException {
    int covered = parentRuns.stream().mapToInt(Integer::intValue).sum();
    List<Integer> within = new ArrayList<>();
    int pages = 0;
    for (int run : runs) {
      if (pages + run <= covered) {
        within.add(run);
        pages += run;
      }
    }
    CriuPagemap parent = of(entries(parentRuns, false, seed));
    CriuPagemap dumped = of(entries(within, true, seed));

    CriuPagemap.Merged merged = dumped.over(parent);

    Map<Long, String> expected = new TreeMap<>(places(parent, "parent "));
    expected
        .keySet()
        .removeIf(
            address ->
                dumped.entries().stream()
                    .noneMatch(e -> e.address() <= address && address < e.end()));
    expected.putAll(places(dumped, "own "));
    List<String> found = new ArrayList<>();
    for (Piece piece : merged.pieces()) {
      for (long i = 0; i < piece.pages(); i++) {
        found.add((piece.inherited() ? "parent " : "own ") + (piece.first() + i));
      }
    }
    assertThat(found).isEqualTo(List.copyOf(expected.values()));
    assertThat(merged.pagemap().isWhole()).isTrue();
    assertThat(places(merged.pagemap(), "").keySet()).isEqualTo(expected.keySet());
  }

  @Test
  void whatTheParentLacksIsNoPage() {
    CriuPagemap parent = of(List.of(new Entry(0, 3, 4, false), new Entry(4 * PAGE, 2, 4, false)));
    CriuPagemap dumped = of(List.of(new Entry(2 * PAGE, 3, 1, true)));

    assertThatThrownBy(() -> dumped.over(parent))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("3000");
  }

  @Test
  void filesReadAsTheyWereWritten() throws IOException {
    Path file = directory.resolve("pagemap-1.img");
    CriuPagemap map =
        of(
            List.of(
                new Entry(0x400000, 1, 4, false), new Entry(0x7ffff7ff0000L, 1L << 33, 6, false)));

    map.write(file);
    CriuPagemap read = CriuPagemap.read(file);

    assertThat(read.entries()).isEqualTo(map.entries());
    assertThat(read.pagesFile()).isEqualTo("pages-7.img");
    assertThat(read.ownPages()).isEqualTo((1L << 33) + 1);
    assertThat(read.has(0x400000)).isTrue();
    assertThat(read.has(0x401000)).isFalse();
  }

  @Test
  void filesThatAreCutShortAreToldSo() throws IOException {
    Path file = directory.resolve("pagemap-1.img");
    of(List.of(new Entry(0x400000, 300, 4, false))).write(file);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      // Cut between two messages, it is another file, and as good.
      if (length != whole.length - message(whole)) {
        assertThatThrownBy(() -> CriuPagemap.read(file)).isInstanceOf(IOException.class);
      }
    }
  }

  /** Bytes of the last message, and its length. */
  private static int message(byte[] whole) {
    int head = Integer.BYTES + 2;
    return whole.length - 8 - head;
  }
}
