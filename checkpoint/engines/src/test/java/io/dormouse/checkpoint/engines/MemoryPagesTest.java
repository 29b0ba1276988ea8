package io.dormouse.checkpoint.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dormouse.checkpoint.images.packs.PageSource;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of a memory, one after the other, as a file of pages has them. */
class MemoryPagesTest {
  private static final int PAGE = (int) CriuPagemap.PAGE_BYTES;
  private static final int PAGES = 64;

  @TempDir private Path directory;
  private final byte[] memory = new byte[PAGES * PAGE];
  private Path file;

  @BeforeEach
  void write() throws IOException {
    new Random(3).nextBytes(memory);
    file = Files.write(directory.resolve("memory"), memory);
  }

  private PageSource open(CriuPagemap.Entry... entries) throws IOException {
    CriuMessages none = new CriuMessages(new byte[8], List.of());
    return new MemoryPages(file, new CriuPagemap(none, 1, List.of(entries))).open();
  }

  private static CriuPagemap.Entry entry(long first, long pages) {
    return new CriuPagemap.Entry(first * PAGE, pages, 0, false);
  }

  private static byte[] read(PageSource source, long position, int bytes) throws IOException {
    ByteBuffer into = ByteBuffer.allocate(bytes + 7).position(3).limit(3 + bytes);
    source.read(into, position);
    assertThat(into.remaining()).isZero();
    return Arrays.copyOfRange(into.array(), 3, 3 + bytes);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void anyPieceIsThatOfThePagesInARow(long seed) throws IOException {
    Random random = new Random(seed);
    List<CriuPagemap.Entry> entries = new ArrayList<>();
    ByteBuffer row = ByteBuffer.allocate(memory.length);
    for (int page = random.nextInt(3); page < PAGES - 5; page += 1 + random.nextInt(3)) {
      int pages = 1 + random.nextInt(5);
      entries.add(entry(page, pages));
      row.put(memory, page * PAGE, pages * PAGE);
      page += pages;
    }
    try (PageSource source = open(entries.toArray(CriuPagemap.Entry[]::new))) {
      assertThat(source.bytes()).isEqualTo(row.position());
      for (int i = 0; i < 200; i++) {
        int from = random.nextInt(row.position());
        int bytes = random.nextInt(row.position() - from + 1);
        assertThat(read(source, from, bytes))
            .isEqualTo(Arrays.copyOfRange(row.array(), from, from + bytes));
      }
    }
  }

  @Test
  void aFileThatEndsWithinAPageHasZerosAfterIt() throws IOException {
    int end = 10 * PAGE + 100;
    Files.write(file, Arrays.copyOf(memory, end));
    byte[] expected = Arrays.copyOf(Arrays.copyOfRange(memory, 8 * PAGE, end), 3 * PAGE);
    try (PageSource source = open(entry(8, 3))) {
      assertThat(read(source, 0, 3 * PAGE)).isEqualTo(expected);
    }
  }

  @Test
  void whatIsMissingIsNotZeros() throws IOException {
    Files.write(file, Arrays.copyOf(memory, 9 * PAGE));
    try (PageSource source = open(entry(8, 3))) {
      assertThatThrownBy(() -> read(source, 0, 2 * PAGE)).isInstanceOf(EOFException.class);
      assertThatThrownBy(() -> read(source, 3L * PAGE, 1)).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void pagesOfAParentAreNotRead() {
    assertThatThrownBy(() -> open(new CriuPagemap.Entry(0, 1, 1, true)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("those of others");
  }
}
