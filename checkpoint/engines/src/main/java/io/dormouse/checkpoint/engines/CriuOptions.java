package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.DumpOptions.Connections;
import io.dormouse.checkpoint.images.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What both engines ask of CRIU: as words of a command line, or lines of a configuration file. */
final class CriuOptions {
  /** A tool that was told to give up creates no more files after at most so many. */
  private static final int TAKE_AWAY_TRIES = 100;

  private static final String PAGES = "pages-";

  private CriuOptions() {}

  /** What CRIU is told of TCP connections. */
  enum Tcp {
    KEEP("tcp-established"),
    CLOSE("tcp-close"),

    /**
     * To fail should there be one. To be ready to lock the network takes CRIU half a second,
     * whether there are any or not, in which the processes stand still.
     */
    NONE("");

    private final String option;

    Tcp(String option) {
      this.option = option;
    }

    /** Its name at CRIU's, or nothing. */
    String option() {
      return option;
    }

    /** For processes that have connections, or have none. */
    static Tcp of(Connections connections, boolean connected) {
      return switch (connections) {
        case KEEP -> connected ? KEEP : NONE;
        case CLOSE -> CLOSE;
      };
    }
  }

  // The default for deleted files is a megabyte, less than what many programs put there.
  private static Stream<List<String>> shared(Tcp tcp) {
    Stream<List<String>> always =
        Stream.of(
            List.of("manage-cgroups=ignore"), List.of("ghost-limit", "1G"), List.of("file-locks"));
    return Stream.concat(always, network(tcp));
  }

  private static Stream<List<String>> network(Tcp tcp) {
    return switch (tcp) {
      case KEEP -> Stream.of(List.of("network-lock", "nftables"), List.of(tcp.option));
      // Nothing is kept that packets could disturb. Clients that ask on and on have connections
      // waiting to be accepted at any time.
      case CLOSE ->
          Stream.of(
              List.of("network-lock", "skip"), List.of(tcp.option), List.of("skip-in-flight"));
      case NONE -> Stream.of();
    };
  }

  static List<String> arguments(Tcp tcp) {
    return shared(tcp)
        .flatMap(option -> Stream.concat(Stream.of("--" + option.get(0)), option.stream().skip(1)))
        .toList();
  }

  static String configuration(Tcp tcp) {
    return shared(tcp).map(option -> String.join(" ", option) + "\n").collect(Collectors.joining());
  }

  /**
   * Makes a dump give up by itself: without their directory CRIU can create no more image files,
   * and puts the processes right again. Killed in the wrong moment it would leave them with its own
   * code in them.
   */
  static Optional<Runnable> takeAway(Path images) {
    return Optional.of(
        () -> {
          for (int i = 0; i < TAKE_AWAY_TRIES && Files.exists(images); i++) {
            try {
              Trees.delete(images);
            } catch (IOException e) {
              // It wrote one more; look again.
              Waiting.untilUninterrupted(() -> false, Duration.ofMillis(1));
            }
          }
        });
  }

  /** All that was written. */
  static long bytes(Path directory) throws IOException {
    return bytes(directory, "");
  }

  /** The pages of memory of all processes, shared ones once. */
  static long pageBytes(Path images) throws IOException {
    return bytes(images, PAGES);
  }

  private static long bytes(Path directory, String prefix) throws IOException {
    long bytes = 0;
    try (Stream<Path> walk = Files.walk(directory)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        bytes += file.getFileName().toString().startsWith(prefix) ? Files.size(file) : 0;
      }
    }
    return bytes;
  }

  /** What a failed dump died of; its log may have had no space to say so. */
  static EngineFailure explain(String tool, ToolRunner.Result result, Path log, Path image) {
    String excerpt = (LogExcerpt.of(log) + "\n" + result.output()).strip();
    EngineFailure failure = LogExcerpt.classify(tool, result.exitStatus(), image, excerpt);
    return failure instanceof EngineFailure.ToolFailed && isFull(image)
        ? new EngineFailure.DiskFull(image.toString())
        : failure;
  }

  private static boolean isFull(Path image) {
    try {
      return Files.getFileStore(image).getUsableSpace() < 1 << 16;
    } catch (IOException e) {
      // Then it is not the space that is missing.
      return false;
    }
  }
}
