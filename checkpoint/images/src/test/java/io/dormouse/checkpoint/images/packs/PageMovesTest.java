package io.dormouse.checkpoint.images.packs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PageMovesTest {
  private static final UUID A = new UUID(1, 1);
  private static final UUID B = new UUID(2, 2);

  /** A page is {@code [pack, ordinal]}; {@code null} is one of zeros. */
  private static PageRuns runs(List<int[]> pages) {
    PageRuns runs = new PageRuns();
    for (int[] page : pages) {
      runs.add(page == null ? PageRuns.ZEROS : page[0], page == null ? 0 : page[1]);
    }
    return runs;
  }

  private static List<int[]> pages(int pack, int... ordinals) {
    return Arrays.stream(ordinals).mapToObj(ordinal -> new int[] {pack, ordinal}).toList();
  }

  /** Names of pages; what is wrong after the moves is {@code "?"} */
  private static List<String> made(
      List<int[]> was, List<UUID> wasPacks, List<int[]> wanted, List<UUID> packs) {
    PageMoves moves = PageMoves.within(runs(was), wasPacks, runs(wanted), packs);
    String[] file = new String[Math.max(was.size(), wanted.size())];
    Arrays.fill(file, "beyond");
    for (int i = 0; i < was.size(); i++) {
      file[i] = name(was.get(i), wasPacks);
    }
    for (PageMoves.Move move : moves.moves()) {
      String[] read = Arrays.copyOfRange(file, move.from(), move.from() + move.pages());
      System.arraycopy(read, 0, file, move.to(), read.length);
    }
    List<String> made = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      made.add(moves.right().get(i) ? file[i] : "?");
    }
    return made;
  }

  private static String name(int[] page, List<UUID> packs) {
    return page == null ? "zeros" : packs.get(page[0]) + ":" + page[1];
  }

  @Test
  void aPageMoreShiftsAllThatFollow() {
    PageMoves moves =
        PageMoves.within(
            runs(pages(0, 0, 1, 2, 3, 4)),
            List.of(A),
            runs(pages(0, 0, 9, 1, 2, 3, 4)),
            List.of(A));

    assertThat(moves.moves()).containsExactly(new PageMoves.Move(1, 2, 4));
    assertThat(moves.right()).isEqualTo(bits(0, 2, 3, 4, 5));
  }

  @Test
  void whatIsRightStays() {
    PageMoves moves =
        PageMoves.within(
            runs(pages(0, 0, 1, 2, 3)), List.of(B), runs(pages(1, 0, 7, 2, 3)), List.of(A, B));

    assertThat(moves.moves()).isEmpty();
    assertThat(moves.right()).isEqualTo(bits(0, 2, 3));
  }

  @Test
  void allOfANewFileButItsHolesIsMissing() {
    List<int[]> wanted = new ArrayList<>(pages(0, 4, 5));
    wanted.add(1, null);

    PageMoves moves = PageMoves.intoHoles(runs(wanted));

    assertThat(moves.moves()).isEmpty();
    assertThat(moves.right()).isEqualTo(bits(1));
  }

  @Test
  void whatIsTooScatteredStaysWhereItIsRightAndMovesNowhere() {
    PageRuns was = new PageRuns();
    PageRuns wanted = new PageRuns();
    for (int i = 0; i < 150_000; i++) {
      was.add(0, 2 * i);
      wanted.add(0, 2 * (i % 2 == 0 ? i : i + 1));
    }

    PageMoves moves = PageMoves.within(was, List.of(A), wanted, List.of(A));

    assertThat(moves.moves()).isEmpty();
    assertThat(moves.right().cardinality()).isEqualTo(75_000);
  }

  @Property(tries = 2_000)
  void pagesThatAreCalledRightAreRight(
      @ForAll @IntRange(max = 40) int before,
      @ForAll @IntRange(max = 12) int edits,
      @ForAll long seed) {
    Random random = new Random(seed);
    List<int[]> was = new ArrayList<>();
    for (int i = 0; i < before; i++) {
      was.add(page(random, i));
    }
    List<int[]> wanted = new ArrayList<>(was);
    for (int i = 0; i < edits; i++) {
      edit(wanted, random);
    }
    List<UUID> packs = List.of(B, A);
    wanted.replaceAll(page -> page == null ? null : new int[] {1 - page[0], page[1]});

    List<String> made = made(was, List.of(A, B), wanted, packs);

    for (int i = 0; i < wanted.size(); i++) {
      assertThat(made.get(i)).isIn("?", name(wanted.get(i), packs));
    }
  }

  @Property(tries = 500)
  void onlyWhatIsNewIsMissingWhereSomeIsPutInAndSomeIsTakenOut(
      @ForAll @IntRange(min = 1, max = 200) int before, @ForAll long seed) {
    Random random = new Random(seed);
    List<int[]> was = new ArrayList<>();
    for (int i = 0; i < before; i++) {
      was.add(new int[] {0, i});
    }
    List<int[]> wanted = new ArrayList<>(was);
    int in = random.nextInt(before + 1);
    wanted.addAll(in, pages(1, 5, 6, 7));

    List<String> made = made(was, List.of(A, B), wanted, List.of(A, B));

    assertThat(made.stream().filter("?"::equals)).hasSize(3);
  }

  private static int[] page(Random random, int ordinal) {
    return switch (random.nextInt(6)) {
      case 0 -> null;
      case 1 -> new int[] {1, random.nextInt(5)};
      default -> new int[] {0, ordinal};
    };
  }

  private static void edit(List<int[]> pages, Random random) {
    int at = random.nextInt(pages.size() + 1);
    int until = at + random.nextInt(Math.min(8, pages.size() - at) + 1);
    switch (random.nextInt(4)) {
      case 0 -> pages.add(at, page(random, 100 + random.nextInt(100)));
      case 1 -> pages.subList(at, until).clear();
      case 2 ->
          pages.addAll(random.nextInt(pages.size() + 1), new ArrayList<>(pages.subList(at, until)));
      default -> pages.subList(at, until).replaceAll(page -> page(random, random.nextInt(300)));
    }
  }

  private static BitSet bits(int... set) {
    BitSet bits = new BitSet();
    Arrays.stream(set).forEach(bits::set);
    return bits;
  }
}
