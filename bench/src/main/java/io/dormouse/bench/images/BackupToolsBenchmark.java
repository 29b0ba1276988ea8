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
import java.util.ArrayList;
import java.util.List;

/** The image store beside restic and borg, on the same two folders that CRIU wrote. */
public final class BackupToolsBenchmark implements Benchmark {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final double MIB = 1 << 20;

  @Override
  public String name() {
    return "backup-tools";
  }

  @Override
  public String description() {
    return "two images of a process, stored by this program, restic and borg";
  }

  @Override
  public List<BenchLine> run(Workbench bench) throws IOException, MissingPeerException {
    PeerTools tools = new PeerTools(bench.progress());
    Criu criu = new Criu(tools.criu());
    Path first = bench.directory().resolve("first");
    Path second = bench.directory().resolve("second");
    try (Subject subject = Subject.start(bench.directory(), bench.memoryBytes())) {
      criu.dump(subject.pid(), first, PATIENCE);
      subject.changeSome();
      criu.dump(subject.pid(), second, PATIENCE);
    }
    Medians medians = new Medians();
    for (int round = 1; round <= bench.rounds(); round++) {
      bench.progress().accept("Round %d of %d.".formatted(round, bench.rounds()));
      Path own = Files.createDirectory(bench.directory().resolve("round-" + round));
      ours(new Ours(own.resolve("store")), first, second, medians);
      peer(BackupTool.restic(tools, own), first, second, medians);
      peer(BackupTool.borg(tools, own), first, second, medians);
      Trees.delete(own);
    }
    return lines(medians);
  }

  private static void ours(Ours ours, Path first, Path second, Medians medians) throws IOException {
    Tools.settleDisk(PATIENCE);
    Ours.Taken one = ours.store(first);
    medians.add("ours first", one.took());
    medians.add("ours first bytes", (double) one.newBytes());
    Tools.settleDisk(PATIENCE);
    Ours.Taken two = ours.store(second);
    medians.add("ours second", two.took());
    medians.add("ours second bytes", (double) two.newBytes());
  }

  private static void peer(BackupTool tool, Path first, Path second, Medians medians)
      throws IOException {
    tool.prepare();
    long empty = tool.bytes();
    Tools.settleDisk(PATIENCE);
    medians.add(tool.name() + " first", tool.store(first));
    long afterFirst = tool.bytes();
    medians.add(tool.name() + " first bytes", (double) (afterFirst - empty));
    Tools.settleDisk(PATIENCE);
    medians.add(tool.name() + " second", tool.store(second));
    medians.add(tool.name() + " second bytes", (double) (tool.bytes() - afterFirst));
  }

  private static List<BenchLine> lines(Medians medians) {
    List<BenchLine> lines = new ArrayList<>();
    for (String peer : List.of("restic", "borg")) {
      lines.add(seconds(medians, "first", peer, 1 / 1.5));
      lines.add(seconds(medians, "second", peer, 1 / 4.0));
    }
    lines.add(bytes(medians, "first", 1.1));
    lines.add(bytes(medians, "second", 0.2));
    return lines;
  }

  private static BenchLine seconds(Medians medians, String which, String peer, double ratioMax) {
    return new BenchLine(
        which + " image stored",
        "s",
        medians.of("ours " + which),
        peer,
        medians.of(peer + " " + which),
        ratioMax);
  }

  /** Beside the better of the two. */
  private static BenchLine bytes(Medians medians, String which, double ratioMax) {
    double restic = medians.of("restic " + which + " bytes");
    double borg = medians.of("borg " + which + " bytes");
    return new BenchLine(
        "bytes of the " + which + " image",
        "MiB",
        medians.of("ours " + which + " bytes") / MIB,
        restic < borg ? "restic" : "borg",
        Math.min(restic, borg) / MIB,
        ratioMax);
  }
}
