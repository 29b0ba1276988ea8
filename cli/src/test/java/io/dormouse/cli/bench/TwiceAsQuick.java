package io.dormouse.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** A benchmark without any work: half of its peer's time, at 1.5 times its bytes. */
public final class TwiceAsQuick implements Benchmark {
  @Override
  public String name() {
    return "twice-as-quick";
  }

  @Override
  public String description() {
    return "nothing";
  }

  @Override
  public List<BenchLine> run(Workbench bench) throws IOException {
    Files.writeString(bench.directory().resolve("scratch"), "left behind");
    bench.progress().accept("Rounds: " + bench.rounds());
    return List.of(
        new BenchLine("time", "s", 1, "peer", 2, 0.5),
        new BenchLine("bytes", "MiB", 3, "peer", 2, 1));
  }
}
