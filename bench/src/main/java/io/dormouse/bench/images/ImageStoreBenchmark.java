package io.dormouse.bench.images;

import io.dormouse.checkpoint.engines.DumpOptions;
import io.dormouse.checkpoint.engines.DumpReport;
import io.dormouse.checkpoint.engines.Outcome;
import io.dormouse.checkpoint.engines.ProcessTreeEngine;
import io.dormouse.checkpoint.images.ExpectedImage;
import io.dormouse.checkpoint.images.Image;
import io.dormouse.checkpoint.images.ImageId;
import io.dormouse.checkpoint.images.ImageMetadata;
import io.dormouse.checkpoint.images.ImageStore;
import io.dormouse.checkpoint.images.StagedImage;
import io.dormouse.checkpoint.images.Stored;
import io.dormouse.checkpoint.images.ThisHost;
import io.dormouse.checkpoint.images.Trees;
import io.dormouse.cli.bench.BenchLine;
import io.dormouse.cli.bench.Benchmark;
import io.dormouse.cli.bench.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

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
    Path criu = tools.criu();
    List<String> zstd = tools.command("zstd", "zstd");
    Medians medians = new Medians();
    for (int round = 1; round <= bench.rounds(); round++) {
      bench.progress().accept("Round %d of %d.".formatted(round, bench.rounds()));
      Path own = Files.createDirectory(bench.directory().resolve("round-" + round));
      try (Subject subject = Subject.start(own, bench.memoryBytes())) {
        new Round(own, subject, criu, zstd, medians).measure();
      } finally {
        Trees.delete(own);
      }
    }
    return lines(medians);
  }

  private static List<BenchLine> lines(Medians m) {
    return List.of(
        new BenchLine(
            "process stopped, first image", "s", m.of("stop1"), "criu dump", m.of("criu"), 1.2),
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
      Path directory, Subject subject, Path criu, List<String> zstd, Medians medians) {

    void measure() throws IOException {
      ImageStore store =
          value(ImageStore.open(directory.resolve("store").toUri(), InstantSource.system()));
      Path first = plainDump("plain-1", "criu");
      tar(first);
      UUID generation = ours(store, Optional.empty(), 1);
      subject.changeSome();
      ours(store, Optional.of(generation), 2);
      Path second = plainDump("plain-2", "criu again");
      Path pages = directory.resolve("new-pages");
      new ImagePair(first, second).writeNewPages(pages);
      Path packed = directory.resolve("new-pages.zst");
      Tools.run(PATIENCE, with(zstd, "-1", "-q", "-o", packed.toString(), pages.toString()));
      medians.add("newPages", Files.size(packed));
    }

    private Path plainDump(String name, String figure) throws IOException {
      Path images = Files.createDirectory(directory.resolve(name));
      medians.add(
          figure,
          Tools.run(
              PATIENCE,
              List.of(
                  criu.toString(),
                  "dump",
                  "--leave-running",
                  "--tree",
                  "" + subject.pid(),
                  "--images-dir",
                  images.toString())));
      return images;
    }

    private void tar(Path images) throws IOException {
      Path archive = directory.resolve("first.tar.zst");
      String pipe =
          "tar -C '%s' -cf - . | %s -1 -T2 -q -o '%s'"
              .formatted(images, String.join(" ", zstd), archive);
      medians.add("tar", Tools.run(PATIENCE, List.of("/bin/sh", "-c", pipe)));
      medians.add("tarBytes", Files.size(archive));
      Files.delete(archive);
    }

    private UUID ours(ImageStore store, Optional<UUID> parent, int number) throws IOException {
      ProcessTreeEngine trees = new ProcessTreeEngine(criu, InstantSource.system());
      ImageId id = new ImageId("subject", UUID.randomUUID());
      long start = System.nanoTime();
      StagedImage staged = value(store.stage(new ExpectedImage(id, 0, parent, trees::writesOnce)));
      DumpReport dump =
          value(
              trees.dump(
                  subject.pid(),
                  staged.directory(),
                  new DumpOptions(DumpOptions.After.KEEP_RUNNING, PATIENCE)));
      Image.Published image =
          value(
              store.publish(
                  staged,
                  new ImageMetadata(
                      id,
                      parent,
                      ProcessTreeEngine.NAME,
                      0,
                      0,
                      "0".repeat(64),
                      dump.stoppedAt(),
                      dump.memoryBytes(),
                      ThisHost.fingerprint("criu"))));
      medians.add("durable" + number, Duration.ofNanos(System.nanoTime() - start));
      medians.add("stop" + number, dump.took());
      medians.add("new" + number, image.manifest().contents().newBytes());
      return id.generation();
    }
  }

  private static List<String> with(List<String> command, String... arguments) {
    List<String> argv = new ArrayList<>(command);
    argv.addAll(List.of(arguments));
    return argv;
  }

  private static <T> T value(Outcome<T> outcome) throws IOException {
    if (outcome instanceof Outcome.Ok<T> ok) {
      return ok.value();
    }
    throw new IOException(((Outcome.Failed<T>) outcome).failure().message());
  }

  private static <T> T value(Stored<T> stored) throws IOException {
    if (stored instanceof Stored.Ok<T> ok) {
      return ok.value();
    }
    throw new IOException(((Stored.Failed<T>) stored).failure().message());
  }
}
