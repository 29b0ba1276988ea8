package io.dormouse.bench.images;

import io.dormouse.bench.peers.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** CRIU as sites use it by hand. */
record Criu(Path path) {
  /** Dumps a process, which runs on, into a new directory; how long that took. */
  Duration dump(long pid, Path directory, Duration timeout) throws IOException {
    Files.createDirectory(directory);
    return Tools.run(
        timeout,
        List.of(
            path.toString(),
            "dump",
            "--leave-running",
            "--tree",
            "" + pid,
            "--images-dir",
            directory.toString()));
  }
}
