package io.dormouse.checkpoint.engines;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Where CRIU's files lie in an image. */
final class CriuFiles {
  /** Their directory. */
  static final String DIRECTORY = "criu";

  private static final Pattern PAGES = Pattern.compile(DIRECTORY + "/pages-\\d+\\.img");

  private CriuFiles() {}

  /** The list of pages of a process; {@code pid} in the innermost namespace. */
  static String pagemap(long pid) {
    return "pagemap-%d.img".formatted(pid);
  }

  /** The list of pages of shared memory. */
  static String sharedPagemap(long inode) {
    return "pagemap-shmem-%d.img".formatted(inode);
  }

  /** All lists of pages: of processes, and of memory that they share. */
  static List<Path> pagemaps(Path directory) {
    return Presence.list(directory).stream()
        .filter(file -> file.getFileName().toString().matches("pagemap-.*\\.img"))
        .sorted()
        .toList();
  }

  /** A file of pages, relative to the image. */
  static String inImage(CriuPagemap pagemap) {
    return DIRECTORY + "/" + pagemap.pagesFile();
  }

  /** Whether CRIU only appends to a file: it does to pages, one file a process. */
  static boolean writesOnce(Path file) {
    return PAGES.matcher(file.toString()).matches();
  }
}
