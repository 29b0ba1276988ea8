package io.dormouse.checkpoint.agent;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A copy of what the launcher needs where any user can read it. */
final class LauncherClassPath {
  private LauncherClassPath() {}

  static String readableBy(Path folder) throws IOException {
    Path copies = folder.resolve("launcher-classes");
    List<String> entries = new ArrayList<>();
    int number = 0;
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (entry.contains("launcher")
          || entry.contains("agent-api")
          || entry.contains("protobuf-java")) {
        Path target = copies.resolve(number++ + "-" + Path.of(entry).getFileName());
        if (!Files.exists(target)) {
          copy(Path.of(entry), target);
        }
        entries.add(target.toString());
      }
    }
    return String.join(File.pathSeparator, entries);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target.equals(to.resolve("")) ? to : target);
        }
      }
    }
  }
}
