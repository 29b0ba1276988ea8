package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.images.packs.LivePages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * A dump that leaves pages where they are, in the memory of processes that stand still. CRIU is let
 * write them to nowhere: its files of pages are links to the null device. It still says which pages
 * there are.
 */
final class LiveMemory {
  private static final Path NOWHERE = Path.of("/dev/null");

  /** More files of pages than these, one for each process and each shared memory, are written. */
  private static final int SHARED_MAX = 64;

  private LiveMemory() {}

  /** Prepares CRIU's directory for a dump of these processes, which stand still. */
  static void begin(Path criuFiles, List<Long> pids) throws IOException {
    for (int i = 1; i <= pids.size() + SHARED_MAX; i++) {
      Files.createSymbolicLink(criuFiles.resolve(CriuPagemap.pagesFile(i)), NOWHERE);
    }
  }

  /**
   * Where the pages are of a dump that is complete. The links are gone afterwards.
   *
   * @param pids the processes, as they are known on this host
   * @param unchanged whether they still stand still
   * @throws IOException when not all that was written to nowhere can be read
   */
  static LivePages finish(Path criuFiles, List<Long> pids, BooleanSupplier unchanged)
      throws IOException {
    Map<String, Path> memories = memories(pids);
    Map<String, LivePages.Opener> files = new HashMap<>();
    for (Path list : CriuFiles.pagemaps(criuFiles)) {
      CriuPagemap pagemap = CriuPagemap.read(list);
      if (Files.isSymbolicLink(criuFiles.resolve(pagemap.pagesFile()))) {
        Path memory = memories.get(list.getFileName().toString());
        if (memory == null) {
          throw new IOException("%s is of no process".formatted(list.getFileName()));
        }
        MemoryPages pages = new MemoryPages(memory, pagemap);
        pages.requireReadable();
        files.put(CriuFiles.inImage(pagemap), pages::open);
      }
    }
    removeLinks(criuFiles);
    return new LivePages(files, unchanged);
  }

  /** By the names of CRIU's lists of their pages. */
  private static Map<String, Path> memories(List<Long> pids) throws IOException {
    Map<String, Path> memories = new HashMap<>();
    for (long pid : pids) {
      if (ProcFs.isAlive(pid)) {
        memories.put(CriuFiles.pagemap(ProcFs.innerPid(pid)), MemoryPages.of(pid));
        for (SharedMemory shared : SharedMemory.of(pid)) {
          memories.put(CriuFiles.sharedPagemap(shared.inode()), shared.file());
        }
      }
    }
    return memories;
  }

  private static void removeLinks(Path criuFiles) throws IOException {
    for (Path file : Presence.list(criuFiles)) {
      if (Files.isSymbolicLink(file) && Files.readSymbolicLink(file).equals(NOWHERE)) {
        Files.delete(file);
      }
    }
  }

  /** How many bytes of pages were left where they are. */
  static long bytes(LivePages pages) throws IOException {
    long bytes = 0;
    for (LivePages.Opener file : pages.files().values()) {
      try (var source = file.open()) {
        bytes += source.bytes();
      }
    }
    return bytes;
  }
}
