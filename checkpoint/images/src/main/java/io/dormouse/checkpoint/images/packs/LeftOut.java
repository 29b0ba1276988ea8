package io.dormouse.checkpoint.images.packs;

/**
 * What belongs to an image and was not written into its directory, for another place has it.
 *
 * @param inherited pages that another image has
 * @param live files whose pages are in memory
 */
public record LeftOut(InheritedPages inherited, LivePages live) {
  /** The directory has everything. */
  public static final LeftOut NOTHING = new LeftOut(InheritedPages.NONE, LivePages.NONE);

  /** Pages that another image has, and nothing else. */
  public static LeftOut of(InheritedPages inherited) {
    return new LeftOut(inherited, LivePages.NONE);
  }
}
