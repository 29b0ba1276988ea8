package io.dormouse.checkpoint.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Debian packages unpacked into a directory of their own.
 *
 * @param path stands for {@code /} in the packages' file names
 */
public record PrivateRoot(Path path) {
  /** A file of the packages, e.g. {@code usr/sbin/nginx}. */
  public Path file(String name) {
    return path.resolve(name);
  }

  /**
   * The beginning of a command line that runs a program of the packages with the libraries of the
   * packages, through their own loader.
   *
   * @param program its file name, e.g. {@code usr/sbin/nginx}
   * @throws IOException if the packages hold no such program, or no C library
   */
  public List<String> command(String program) throws IOException {
    // Some programs go by the name that they are started with.
    Path binary = file(program);
    if (!Files.isExecutable(binary)) {
      throw new IOException("no program %s".formatted(binary));
    }
    Path loader =
        libraryDirectories().stream()
            .flatMap(PrivateRoot::entries)
            .filter(entry -> entry.getFileName().toString().startsWith("ld-linux"))
            .filter(Files::isRegularFile)
            .findFirst()
            .orElseThrow(() -> new IOException("no C library in %s".formatted(path)));
    String libraries =
        libraryDirectories().stream().map(Path::toString).collect(Collectors.joining(":"));
    return new ArrayList<>(
        List.of(loader.toString(), "--library-path", libraries, binary.toString()));
  }

  /** Where the packages' libraries lie. */
  public List<Path> libraryDirectories() {
    return Stream.of("lib", "usr/lib")
        .map(this::file)
        .filter(Files::isDirectory)
        .flatMap(directory -> Stream.concat(Stream.of(directory), entries(directory)))
        .filter(directory -> directory.getFileName().toString().matches("lib|.*-linux-gnu.*"))
        .filter(Files::isDirectory)
        .toList();
  }

  private static Stream<Path> entries(Path directory) {
    return Presence.list(directory).stream().sorted();
  }
}
