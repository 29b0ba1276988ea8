package io.dormouse.checkpoint.engines;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** Where CRIU's files lie in an image. */
final class CriuFiles {
  /** Their directory. */
  static final String DIRECTORY = "criu";

  private static final Pattern PAGES = Pattern.compile(DIRECTORY + "/pages-\\d+\\.img");

  private CriuFiles() {}

  /** Whether CRIU only appends to a file: it does to pages, one file a process. */
  static boolean writesOnce(Path file) {
    return PAGES.matcher(file.toString()).matches();
  }
}
