package io.dormouse.bench.images;

import io.dormouse.bench.peers.PeerTools;
import io.dormouse.bench.peers.Tools;
import io.dormouse.cli.bench.Benchmark.MissingPeerException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A tool that backs folders up into an encrypted repository, as its manual has it.
 *
 * @param init makes a repository
 * @param backup stores the folder that is its last argument
 * @param environment of both
 */
record BackupTool(
    String name,
    Path repository,
    List<String> init,
    List<String> backup,
    Map<String, String> environment) {
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  static BackupTool restic(PeerTools tools, Path directory) throws MissingPeerException {
    Path repository = directory.resolve("restic");
    return new BackupTool(
        "restic",
        repository,
        tools.command("restic", "restic", "-r", repository.toString(), "init"),
        tools.command("restic", "restic", "-r", repository.toString(), "backup"),
        Map.of(
            "RESTIC_PASSWORD", "bench", "XDG_CACHE_HOME", directory.resolve("cache").toString()));
  }

  static BackupTool borg(PeerTools tools, Path directory) throws MissingPeerException {
    Path repository = directory.resolve("borg");
    return new BackupTool(
        "borg",
        repository,
        tools.command("borgbackup", "borg", "init", "-e", "repokey-blake2", repository.toString()),
        tools.command("borgbackup", "borg", "create", repository + "::{uuid4}"),
        Map.of("BORG_PASSPHRASE", "bench", "BORG_BASE_DIR", directory.resolve("base").toString()));
  }

  void prepare() throws IOException {
    Tools.run(PATIENCE, init, environment);
  }

  Duration store(Path folder) throws IOException {
    return Tools.run(PATIENCE, Tools.with(backup, folder.toString()), environment);
  }

  /** What the repository takes. */
  long bytes() throws IOException {
    AtomicLong bytes = new AtomicLong();
    Files.walkFileTree(
        repository,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes.addAndGet(attributes.size());
            return FileVisitResult.CONTINUE;
          }
        });
    return bytes.get();
  }
}
