package io.dormouse.bench.moves;

import io.dormouse.bench.peers.Tools;
import io.dormouse.bench.peers.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A move as it is done by hand: dump, pack, copy, unpack, restore. */
record PlainMove(Namespaces network, Path criu, List<String> zstd) {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** How long the process stood still between two nodes, and CRIU's dump alone. */
  record Took(Duration stood, Duration dump) {}

  /** Moves a process of its own, once, by way of a directory. */
  Took measure(Ticking subject, Path directory, String from, String to) throws IOException {
    List<String> start = new ArrayList<>(network.in(from));
    start.add("setsid");
    start.addAll(subject.argv());
    Process process =
        new ProcessBuilder(start)
            .directory(directory.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(Path.of("/dev/null").toFile())
            .start();
    try {
      subject.awaitFilled();
      Tools.settleDisk(PATIENCE);
      subject.forgetGaps();
      Duration dump = move(subject, directory, from, to);
      Waiting.until("the restored process", PATIENCE, () -> subject.pid().isPresent());
      return new Took(subject.takeLongestGap(), dump);
    } finally {
      process.destroyForcibly();
      subject.end();
    }
  }

  private Duration move(Ticking subject, Path directory, String from, String to)
      throws IOException {
    Path images = Files.createDirectory(directory.resolve("dumped"));
    Path unpacked = Files.createDirectory(directory.resolve("unpacked"));
    Path packed = directory.resolve("packed.tar.zst");
    Path copy = directory.resolve("copy.tar.zst");
    String zstd = String.join(" ", this.zstd);
    String pid = Long.toString(subject.pid().orElseThrow());
    Duration dump = run(from, criu.toString(), "dump", "--tree", pid, "-D", images.toString());
    shell("tar -C '%s' -cf - . | %s -1 -q -o '%s'".formatted(images, zstd, packed));
    shell("cp '%s' '%s'".formatted(packed, copy));
    shell("%s -dc '%s' | tar -C '%s' -xf -".formatted(zstd, copy, unpacked));
    run(to, criu.toString(), "restore", "--restore-detached", "-D", unpacked.toString());
    return dump;
  }

  private Duration run(String node, String... words) throws IOException {
    return Tools.run(PATIENCE, Tools.with(network.in(node), words));
  }

  private static void shell(String line) throws IOException {
    Tools.run(PATIENCE, List.of("/bin/sh", "-c", line));
  }
}
