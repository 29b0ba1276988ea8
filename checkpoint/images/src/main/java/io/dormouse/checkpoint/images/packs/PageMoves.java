package io.dormouse.checkpoint.images.packs;

import com.google.common.collect.Range;
import com.google.common.collect.RangeMap;
import com.google.common.collect.TreeRangeMap;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * How a file is made of an older one in its place: which pages are right where they are, and which
 * move within it. A page more somewhere shifts all that follow, so most move by a little. The rest
 * comes from elsewhere, afterwards.
 *
 * @param moves to be made in this order: none overwrites what a later one reads
 * @param right pages of the new file that are as they must be once all moves are made
 */
record PageMoves(List<Move> moves, BitSet right) {
  /** Of both files: what is known of a run takes some 200 bytes of heap meanwhile. */
  private static final int RUNS_MAX = 1 << 18;

  private static final Comparator<Move> BY_TARGET = Comparator.comparingLong(Move::to);

  /**
   * Neighbouring pages that move within a file; the two places may overlap.
   *
   * @param from index of the first, pages
   * @param to where it belongs, pages
   */
  record Move(int from, int to, int pages) {}

  /** For a file that is new, and all holes. */
  static PageMoves intoHoles(PageRuns wanted) {
    BitSet right = new BitSet();
    int index = 0;
    for (int run = 0; run < wanted.size(); run++) {
      right.set(index, index + wanted.count(run), wanted.pack(run) == PageRuns.ZEROS);
      index += wanted.count(run);
    }
    return new PageMoves(List.of(), right);
  }

  /**
   * Plans to make a file of an older one.
   *
   * @param packs that {@code wanted} counts into
   * @param wasPacks that {@code was} counts into
   */
  static PageMoves within(PageRuns was, List<UUID> wasPacks, PageRuns wanted, List<UUID> packs) {
    Map<UUID, Integer> numbers = new HashMap<>();
    for (int i = 0; i < packs.size(); i++) {
      numbers.put(packs.get(i), i);
    }
    // What the new file has nothing of gets a number that it does not use.
    int[] renumbered =
        wasPacks.stream().mapToInt(pack -> numbers.getOrDefault(pack, packs.size())).toArray();
    PageRuns there = was.renumbered(renumbered);
    BitSet right = same(there, wanted);
    return was.size() + wanted.size() > RUNS_MAX
        ? new PageMoves(List.of(), right)
        : inOrder(candidates(there, wanted, right), right);
  }

  /** Pages that are the same at the same place. */
  private static BitSet same(PageRuns was, PageRuns wanted) {
    BitSet same = new BitSet();
    int left = 0;
    int leftBegin = 0;
    int begin = 0;
    for (int run = 0; run < wanted.size(); run++) {
      int end = begin + wanted.count(run);
      for (int at = begin; at < end && left < was.size(); ) {
        int leftEnd = leftBegin + was.count(left);
        if (leftEnd > at) {
          int until = Math.min(end, leftEnd);
          boolean equal =
              was.pack(left) == wanted.pack(run)
                  && (was.pack(left) == PageRuns.ZEROS
                      || was.first(left) - leftBegin == wanted.first(run) - begin);
          same.set(at, until, equal);
          at = until;
        }
        if (leftEnd <= end) {
          leftBegin = leftEnd;
          left++;
        }
      }
      begin = end;
    }
    return same;
  }

  /** All moves that would put a page right, by target. */
  private static List<Move> candidates(PageRuns was, PageRuns wanted, BitSet right) {
    RangeMap<Long, Integer> indices = indices(was);
    List<Move> moves = new ArrayList<>();
    int index = 0;
    for (int run = 0; run < wanted.size(); run++) {
      int end = index + wanted.count(run);
      if (wanted.pack(run) != PageRuns.ZEROS) {
        for (int from = right.nextClearBit(index); from < end; from = right.nextClearBit(from)) {
          int set = right.nextSetBit(from);
          int until = set < 0 ? end : Math.min(end, set);
          long place = place(wanted.pack(run), wanted.first(run) + from - index);
          find(indices, place, from, until - from, moves);
          from = until;
        }
      }
      index = end;
    }
    return moves;
  }

  private static void find(
      RangeMap<Long, Integer> indices, long place, int to, int pages, List<Move> moves) {
    indices
        .subRangeMap(Range.closedOpen(place, place + pages))
        .asMapOfRanges()
        .forEach(
            (range, before) -> {
              long first = range.lowerEndpoint();
              moves.add(
                  new Move(
                      before + (int) (first & 0xffff_ffffL),
                      to + (int) (first - place),
                      (int) (range.upperEndpoint() - first)));
            });
  }

  /** Of each chunk, by place, how many pages before its ordinal it is in the file. */
  private static RangeMap<Long, Integer> indices(PageRuns runs) {
    RangeMap<Long, Integer> indices = TreeRangeMap.create();
    int index = 0;
    for (int run = 0; run < runs.size(); run++) {
      if (runs.pack(run) != PageRuns.ZEROS) {
        long place = place(runs.pack(run), runs.first(run));
        indices.put(Range.closedOpen(place, place + runs.count(run)), index - runs.first(run));
      }
      index += runs.count(run);
    }
    return indices;
  }

  private static long place(int pack, int ordinal) {
    return (long) pack << 32 | ordinal;
  }

  /**
   * To the left from the left, then to the right from the right: so none of one direction is in the
   * way of another. What is overwritten by then can't move.
   */
  private static PageMoves inOrder(List<Move> candidates, BitSet right) {
    List<Move> ordered =
        new ArrayList<>(
            candidates.stream().filter(m -> m.to() < m.from()).sorted(BY_TARGET).toList());
    BitSet overwritten = new BitSet();
    ordered.forEach(move -> overwritten.set(move.to(), move.to() + move.pages()));
    List<Move> toTheRight = new ArrayList<>();
    for (Move move : candidates) {
      if (move.to() > move.from()) {
        addWhole(move, overwritten, toTheRight);
      }
    }
    toTheRight.sort(Collections.reverseOrder(BY_TARGET));
    ordered.addAll(toTheRight);
    ordered.forEach(move -> right.set(move.to(), move.to() + move.pages()));
    return new PageMoves(ordered, right);
  }

  private static void addWhole(Move move, BitSet overwritten, List<Move> moves) {
    int end = move.from() + move.pages();
    int from = overwritten.nextClearBit(move.from());
    while (from < end) {
      int set = overwritten.nextSetBit(from);
      int until = set < 0 ? end : Math.min(end, set);
      moves.add(new Move(from, move.to() + from - move.from(), until - from));
      from = overwritten.nextClearBit(until);
    }
  }
}
