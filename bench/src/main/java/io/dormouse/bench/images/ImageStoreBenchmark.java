package io.dormouse.bench.images;

import io.dormouse.bench.peers.Medians;
import io.dormouse.bench.peers.PeerTools;
import io.dormouse.bench.peers.Subject;
import io.dormouse.bench.peers.Tools;
import io.dormouse.checkpoint.images.Trees;
import io.dormouse.cli.bench.BenchLine;
import io.dormouse.cli.bench.Benchmark;
import io.dormouse.cli.bench.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The first image of a process and the next one, beside CRIU with tar and zstd, on the same disk.
 */
public final class ImageStoreBenchmark implements Benchmark {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final double MIB = 1 << 20;

  @Override
  public String name() {
    return "image-store";
  }

  @Override
  public String description() {
    return "a process's first and second image, beside criu dump, tar and zstd";
  }

  @Override
  public List<BenchLine> run(Workbench bench) throws IOException, MissingPeerException {
    PeerTools tools = new PeerTools(bench.progress());
    Criu criu = new Criu(tools.criu());
    List<String> zstd = tools.command("zstd", "zstd");
    Medians medians = new Medians();
    for (int round = 1; round <= bench.rounds(); round++) {
      bench.progress().accept("Round %d of %d.".formatted(round, bench.rounds()));
      Path own = Files.createDirectory(bench.directory().resolve("round-" + round));
      try (Subject subject = Subject.start(own, bench.memoryBytes())) {
        new Round(own, subject, bench.memoryBytes(), criu, zstd, medians).measure();
      } finally {
        Trees.delete(own);
      }
    }
    return lines(medians);
  }

  private static List<BenchLine> lines(Medians m) {
    return List.of(
        new BenchLine(
            "process stopped by a checkpoint", "s", m.of("stop"), "criu dump", m.of("criu"), 1.2),
        new BenchLine(
            "first image durable and verified",
            "s",
            m.of("durable1"),
            "criu dump, tar | zstd -1 -T2",
            m.of("criu") + m.of("tar"),
            1.1),
        new BenchLine(
            "bytes of the first image",
            "MiB",
            m.of("new1") / MIB,
            "tar | zstd -1",
            m.of("tarBytes") / MIB,
            1.05),
        new BenchLine(
            "new bytes of the second image",
            "MiB",
            m.of("new2") / MIB,
            "its new pages, zstd -1",
            m.of("newPages") / MIB,
            1.25),
        new BenchLine(
            "second image durable and verified",
            "s",
            m.of("durable2"),
            "the first",
            m.of("durable1"),
            0.45));
  }

  /** One process, dumped by both in turn, before and after some of its pages changed. */
  private record Round(
      Path directory,
      Subject subject,
      long memoryBytes,
      Criu criu,
      List<String> zstd,
      Medians medians) {

    void measure() throws IOException {
      Ours ours = new Ours(directory.resolve("store"));
      Path first = directory.resolve("first");
      settle();
      medians.add("criu", criu.dump(subject.pid(), first, PATIENCE));
      tar(first);
      settle();
      medians.add("stop", checkpoint());
      hibernate(ours, 1);
      subject.changeSome();
      hibernate(ours, 2);
      Path second = directory.resolve("second");
      medians.add("criu again", criu.dump(subject.pid(), second, PATIENCE));
      Path pages = directory.resolve("new-pages");
      new ImagePair(first, second).writeNewPages(pages);
      Path packed = directory.resolve("new-pages.zst");
      Tools.run(PATIENCE, Tools.with(zstd, "-1", "-q", "-o", packed.toString(), pages.toString()));
      medians.add("newPages", (double) Files.size(packed));
    }

    private void settle() throws IOException {
      Tools.settle(directory, memoryBytes * 5 / 4, PATIENCE);
    }

    /** Into a store of its own, so that the hibernation after it is the first. */
    private Duration checkpoint() throws IOException {
      Path store = directory.resolve("checkpoints");
      Duration stopped = new Ours(store).checkpoint(criu.path(), subject.pid(), PATIENCE).stopped();
      Trees.delete(store);
      return stopped;
    }

    private void hibernate(Ours ours, int number) throws IOException {
      settle();
      Ours.Taken taken = ours.hibernation(criu.path(), subject.pid(), PATIENCE);
      medians.add("durable" + number, taken.took());
      medians.add("new" + number, (double) taken.newBytes());
    }

    private void tar(Path images) throws IOException {
      Path archive = directory.resolve("first.tar.zst");
      String pipe =
          "tar -C '%s' -cf - . | %s -1 -T2 -q -o '%s'"
              .formatted(images, String.join(" ", zstd), archive);
      medians.add("tar", Tools.run(PATIENCE, List.of("/bin/sh", "-c", pipe)));
      medians.add("tarBytes", (double) Files.size(archive));
      Files.delete(archive);
    }
  }
}
