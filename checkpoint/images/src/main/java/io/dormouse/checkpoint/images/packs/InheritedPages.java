package io.dormouse.checkpoint.images.packs;

import java.util.List;
import java.util.Map;

/**
 * Which pages of an image's files were not written, as another image has them: its base. What was
 * written of a file holds its other pages only, without gaps.
 *
 * @param files by their paths relative to the image; others are whole
 */
public record InheritedPages(Map<String, Merge> files) {
  /** All files are whole. */
  public static final InheritedPages NONE = new InheritedPages(Map.of());

  /** Copies the map. */
  public InheritedPages {
    files = Map.copyOf(files);
  }

  /** How many pages the base gives. */
  public long pages() {
    return files.values().stream()
        .flatMap(merge -> merge.pieces().stream())
        .filter(Piece::inherited)
        .mapToLong(Piece::pages)
        .sum();
  }

  /**
   * How a file is put together.
   *
   * @param baseFile path of the base's file that the inherited pages are of
   * @param pieces in the order of the file
   */
  public record Merge(String baseFile, List<Piece> pieces) {
    /** Copies the pieces. */
    public Merge {
      pieces = List.copyOf(pieces);
    }
  }

  /**
   * Pages that follow each other.
   *
   * @param inherited whether they are of the base's file, else of what was written
   * @param first number of the first of them there, from 0
   */
  public record Piece(boolean inherited, long first, long pages) {}
}
