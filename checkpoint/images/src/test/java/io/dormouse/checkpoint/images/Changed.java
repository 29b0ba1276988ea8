package io.dormouse.checkpoint.images;

import io.dormouse.checkpoint.images.packs.InheritedPages;
import io.dormouse.checkpoint.images.packs.InheritedPages.Merge;
import io.dormouse.checkpoint.images.packs.InheritedPages.Piece;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Memory of which some pages are an earlier one's.
 *
 * @param memory all of it
 * @param written its other pages
 * @param pieces how it is put together
 */
record Changed(byte[] memory, byte[] written, List<Piece> pieces) {
  private static final int PAGE = 4_096;

  /** Takes pages of the one or the other in turns, in lots of random length. */
  static Changed of(byte[] before, byte[] fresh, Random random) {
    ByteArrayOutputStream memory = new ByteArrayOutputStream();
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    List<Piece> pieces = new ArrayList<>();
    int left = fresh.length / PAGE;
    while (left > 0) {
      int lot = Math.min(left, 1 + random.nextInt(3));
      int beforePages = before.length / PAGE;
      if (beforePages >= lot && random.nextInt(3) > 0) {
        int first = random.nextInt(beforePages - lot + 1);
        pieces.add(new Piece(true, first, lot));
        memory.write(before, first * PAGE, lot * PAGE);
      } else {
        pieces.add(new Piece(false, written.size() / PAGE, lot));
        memory.write(fresh, written.size(), lot * PAGE);
        written.write(fresh, written.size(), lot * PAGE);
      }
      left -= lot;
    }
    return new Changed(memory.toByteArray(), written.toByteArray(), pieces);
  }

  InheritedPages inherited(String file) {
    return pieces.stream().anyMatch(Piece::inherited)
        ? new InheritedPages(Map.of(file, new Merge(file, pieces)))
        : InheritedPages.NONE;
  }
}
