package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.images.packs.InheritedPages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * CRIU's list of the pages of one process, or of one shared memory (criu's images/pagemap.proto).
 * The pages that the image has itself follow each other in its file of pages without gaps.
 *
 * @param file which is read and written as a whole
 * @param pagesId number of the file of pages
 * @param entries by rising address
 */
record CriuPagemap(CriuMessages file, long pagesId, List<Entry> entries) {
  static final long PAGE_BYTES = 4096;

  private static final int PAGES_ID = 1;
  private static final int ADDRESS = 1;
  private static final int PAGES_SHORT = 2;
  private static final int IN_PARENT = 3;
  private static final int FLAGS = 4;
  private static final int PAGES = 5;
  private static final long FLAG_PARENT = 1;

  /**
   * Neighbouring pages.
   *
   * @param flags as CRIU has them
   * @param inParent whether the parent image has them, and this one not
   */
  record Entry(long address, long pages, long flags, boolean inParent) {
    long end() {
      return address + pages * PAGE_BYTES;
    }
  }

  static CriuPagemap read(Path path) throws IOException {
    CriuMessages file = CriuMessages.read(path);
    if (file.messages().isEmpty()) {
      throw new IOException("%s must name its file of pages".formatted(path));
    }
    long pagesId = CriuMessages.numbers(file.messages().get(0)).getOrDefault(PAGES_ID, 0L);
    List<Entry> entries = new ArrayList<>();
    for (byte[] message : file.messages().subList(1, file.messages().size())) {
      entries.add(entry(CriuMessages.numbers(message)));
    }
    return new CriuPagemap(file, pagesId, entries);
  }

  private static Entry entry(Map<Integer, Long> fields) throws IOException {
    long flags = fields.getOrDefault(FLAGS, 0L);
    long pages = fields.getOrDefault(PAGES, fields.getOrDefault(PAGES_SHORT, 0L));
    boolean inParent =
        fields.getOrDefault(IN_PARENT, 0L) != 0 || (flags & FLAG_PARENT) == FLAG_PARENT;
    if (pages < 1 || !fields.containsKey(ADDRESS)) {
      throw new IOException("a list of pages has an entry without any");
    }
    return new Entry(fields.getOrDefault(ADDRESS, 0L), pages, flags, inParent);
  }

  String pagesFile() {
    return pagesFile(pagesId);
  }

  /** The file of pages of that number. */
  static String pagesFile(long id) {
    return "pages-" + id + ".img";
  }

  boolean isWhole() {
    return entries.stream().noneMatch(Entry::inParent);
  }

  /** How many pages its file of pages has. */
  long ownPages() {
    return entries.stream().filter(entry -> !entry.inParent()).mapToLong(Entry::pages).sum();
  }

  /** Whether it has this page itself. */
  boolean has(long address) {
    return entries.stream()
        .anyMatch(e -> !e.inParent() && e.address() <= address && address < e.end());
  }

  /** The list as it is once all pages are the image's own, and where these come from. */
  record Merged(CriuPagemap pagemap, List<InheritedPages.Piece> pieces) {}

  /**
   * Puts the pages of the parent in.
   *
   * @param parent which is whole
   * @throws IOException when the parent lacks one
   */
  Merged over(CriuPagemap parent) throws IOException {
    List<Entry> whole = new ArrayList<>();
    List<InheritedPages.Piece> pieces = new ArrayList<>();
    long own = 0;
    Finder finder = new Finder(parent);
    for (Entry entry : entries) {
      if (entry.inParent()) {
        finder.find(entry, whole, pieces);
      } else {
        whole.add(entry);
        pieces.add(new InheritedPages.Piece(false, own, entry.pages()));
        own += entry.pages();
      }
    }
    return new Merged(new CriuPagemap(file, pagesId, whole), pieces);
  }

  /** Goes through a parent's entries once, as both lists rise. */
  private static final class Finder {
    private final List<Entry> entries;
    private int next;
    private long before;

    Finder(CriuPagemap parent) {
      this.entries = parent.entries();
    }

    void find(Entry wanted, List<Entry> whole, List<InheritedPages.Piece> pieces)
        throws IOException {
      long address = wanted.address();
      while (address < wanted.end()) {
        while (next < entries.size() && entries.get(next).end() <= address) {
          before += entries.get(next++).pages();
        }
        if (next == entries.size() || entries.get(next).address() > address) {
          throw new IOException("the parent has no page at %x".formatted(address));
        }
        Entry found = entries.get(next);
        long first = (address - found.address()) / PAGE_BYTES;
        long pages = Math.min(found.pages() - first, (wanted.end() - address) / PAGE_BYTES);
        whole.add(new Entry(address, pages, found.flags(), false));
        pieces.add(new InheritedPages.Piece(true, before + first, pages));
        address += pages * PAGE_BYTES;
      }
    }
  }

  void write(Path path) throws IOException {
    List<byte[]> messages = new ArrayList<>(List.of(file.messages().get(0)));
    for (Entry entry : entries) {
      Map<Integer, Long> fields = new LinkedHashMap<>();
      fields.put(ADDRESS, entry.address());
      fields.put(PAGES_SHORT, entry.pages() & 0xffffffffL);
      fields.put(FLAGS, entry.flags());
      fields.put(PAGES, entry.pages());
      messages.add(CriuMessages.message(fields));
    }
    new CriuMessages(file.magic(), messages).write(path);
  }
}
