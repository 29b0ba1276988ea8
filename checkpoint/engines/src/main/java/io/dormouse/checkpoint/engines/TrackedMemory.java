package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.images.Trees;
import io.dormouse.checkpoint.images.packs.InheritedPages;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What CRIU needs of an image to dump, the next time, only the pages that changed since: its lists
 * of pages, without pages. It says what it is worth by what is in it:
 *
 * <ul>
 *   <li>marks on pages, one of each process, by which it shows if somebody else tracked them;
 *   <li>the name of the image, once that is published. Without, nothing is inherited.
 * </ul>
 *
 * <p>The kernel's marks say what changed since they were cleared last. So a directory is used once,
 * and gone before they are cleared again.
 */
record TrackedMemory(Path directory) {
  private static final String IMAGE = "image";
  private static final String CANARIES = "canaries";
  private static final String INVENTORY = "inventory.img";
  private static final String PARENT = "parent";
  private static final int DUMP_UPTIME = 8;
  private static final int IMAGE_BYTES_MAX = 256 << 20;
  private static final Path UPTIME = Path.of("/proc/uptime");

  /** Begins anew: processes that stand still, whose marks were cleared as they stood. */
  void begin(Path criuFiles, List<Long> pids) throws IOException {
    Path made = directory.resolveSibling(directory.getFileName() + ".new");
    Trees.delete(made);
    Files.createDirectory(made, Private.DIRECTORY);
    Files.copy(criuFiles.resolve(INVENTORY), made.resolve(INVENTORY));
    for (Path list : CriuFiles.pagemaps(criuFiles)) {
      CriuPagemap pagemap = CriuPagemap.read(list);
      Files.copy(list, made.resolve(list.getFileName()));
      try (RandomAccessFile pages =
          new RandomAccessFile(made.resolve(pagemap.pagesFile()).toFile(), "rw")) {
        // CRIU wants to see it, and reads nothing of it.
        pages.setLength(pagemap.ownPages() * CriuPagemap.PAGE_BYTES);
      }
    }
    List<String> canaries = new ArrayList<>();
    for (long pid : living(pids)) {
      canaries.add(Canary.put(pid).line());
    }
    Files.write(made.resolve(CANARIES), canaries);
    Files.move(made, directory, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The same for processes that were restored from an image and have not run. */
  void beginRestored(Path criuFiles, List<Long> pids) throws IOException {
    for (long pid : living(pids)) {
      Files.writeString(Path.of("/proc", Long.toString(pid), "clear_refs"), "4");
    }
    begin(criuFiles, pids);
    // CRIU takes processes that began after the image was made for others.
    Path inventory = directory.resolve(INVENTORY);
    CriuMessages file = CriuMessages.read(inventory);
    String seconds = Files.readString(UPTIME).split(" ", 2)[0];
    long micros = (long) (Double.parseDouble(seconds) * 1e6);
    byte[] now = CriuMessages.message(Map.of(DUMP_UPTIME, micros));
    byte[] before = file.messages().get(0);
    byte[] both = new byte[before.length + now.length];
    System.arraycopy(before, 0, both, 0, before.length);
    System.arraycopy(now, 0, both, before.length, now.length);
    // Of a field that is there twice, the last counts.
    new CriuMessages(file.magic(), List.of(both)).write(inventory);
  }

  private static List<Long> living(List<Long> pids) {
    return pids.stream()
        .filter(pid -> ProcFs.stat(pid).filter(stat -> !stat.isZombie()).isPresent())
        .toList();
  }

  /** Says which image it is of: that is published, or was restored. */
  Outcome<Done> rely(byte[] image) {
    try {
      if (Presence.isDirectory(directory)) {
        Path whole = directory.resolve(IMAGE + ".tmp");
        Files.write(whole, image);
        Files.move(whole, directory.resolve(IMAGE), StandardCopyOption.ATOMIC_MOVE);
      }
      return Outcome.ok(new Done(Duration.ZERO));
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("track memory in " + directory, e));
    }
  }

  /** The image's name, if it has one. */
  Outcome<Optional<byte[]>> known() {
    Path name = directory.resolve(IMAGE);
    try {
      return Outcome.ok(
          Presence.exists(name) && Files.size(name) <= IMAGE_BYTES_MAX
              ? Optional.of(Files.readAllBytes(name))
              : Optional.empty());
    } catch (IOException e) {
      return Outcome.failed(EngineErrors.io("look what is tracked in " + directory, e));
    }
  }

  void delete() throws IOException {
    Trees.delete(directory);
  }

  /** Gives it up for one dump, whatever comes of that. */
  TrackedMemory take() throws IOException {
    TrackedMemory taken =
        new TrackedMemory(directory.resolveSibling(directory.getFileName() + ".used"));
    taken.delete();
    if (Presence.exists(directory)) {
      Files.move(directory, taken.directory, StandardCopyOption.ATOMIC_MOVE);
    }
    return taken;
  }

  /** Whether what the marks say is all that happened since. The processes stand still. */
  boolean isIntact() throws IOException {
    if (!Presence.exists(directory.resolve(IMAGE))) {
      return false;
    }
    List<Canary> canaries = canaries();
    return !canaries.isEmpty() && canaries.stream().allMatch(Canary::isIntact);
  }

  private List<Canary> canaries() throws IOException {
    List<Canary> canaries = new ArrayList<>();
    for (String line : Files.readAllLines(directory.resolve(CANARIES))) {
      canaries.add(Canary.of(line));
    }
    return canaries;
  }

  /**
   * Makes a dump that left pages out whole, but for the pages themselves; says where these are.
   *
   * @param criuFiles whose lists of pages become those of all pages
   * @throws IOException when a page may have changed that was left out
   */
  InheritedPages complete(Path criuFiles) throws IOException {
    for (Canary canary : canaries()) {
      if (canary.lives()
          && !CriuPagemap.read(criuFiles.resolve(CriuFiles.pagemap(canary.innerPid())))
              .has(canary.address())) {
        throw new IOException("somebody else cleared the marks of pid " + canary.pid());
      }
    }
    Map<String, InheritedPages.Merge> files = new HashMap<>();
    for (Path list : CriuFiles.pagemaps(criuFiles)) {
      CriuPagemap pagemap = CriuPagemap.read(list);
      if (!pagemap.isWhole()) {
        CriuPagemap parent = CriuPagemap.read(directory.resolve(list.getFileName()));
        CriuPagemap.Merged merged = pagemap.over(parent);
        merged.pagemap().write(list);
        Path pages = criuFiles.resolve(pagemap.pagesFile());
        if (!Files.exists(pages)) {
          // Of which not a single one changed.
          Files.createFile(pages, Private.FILE);
        }
        files.put(
            CriuFiles.inImage(pagemap),
            new InheritedPages.Merge(CriuFiles.inImage(parent), merged.pieces()));
      }
    }
    Files.delete(criuFiles.resolve(PARENT));
    return new InheritedPages(files);
  }
}
