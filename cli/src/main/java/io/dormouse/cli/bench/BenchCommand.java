package io.dormouse.cli.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dormouse.checkpoint.images.Trees;
import io.dormouse.cli.BaseCommand;
import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.Console;
import io.dormouse.cli.ExitCode;
import io.dormouse.cli.TextTable;
import io.dormouse.cli.up.run.DurationText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dormouse bench}. */
@Command(
    name = "bench",
    description = {
      "Measures this program beside its peers, in the same run on this machine.",
      "Ends with 0 when all was measured, whatever came of it; --check makes a line that is exceeded a failure."
    })
public final class BenchCommand extends BaseCommand {
  private static final long MIB = 1 << 20;
  private static final int MEMORY_MIB_MIN = 16;
  private static final int MEMORY_MIB_MAX = 1 << 20;
  private static final int ROUNDS_MAX = 100;
  private static final int INSTANCES_MAX = 500;

  @Parameters(paramLabel = "NAME", arity = "0..*", description = "Which; all without one.")
  private List<String> names = List.of();

  @Option(
      names = "--memory-mib",
      defaultValue = "1024",
      description = "Size of the processes that are dumped, MiB (default: ${DEFAULT-VALUE}).")
  private int memoryMib;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "How often each figure is taken; medians count (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--instances",
      defaultValue = "200",
      description = "Instances of the agent that rests (default: ${DEFAULT-VALUE}).")
  private int instances;

  @Option(
      names = "--for",
      defaultValue = "10m",
      converter = DurationText.class,
      description = "How long an agent that rests is watched (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Duration period;

  @Option(
      names = "--directory",
      defaultValue = "/var/tmp",
      description = "Where to work: on the disk to measure (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path directory;

  @Option(names = "--check", description = "End with 1 where a line is exceeded.")
  private boolean check;

  @Override
  protected ExitCode run(Console console) throws IOException {
    requireSane();
    Path work = Files.createTempDirectory(directory, "dormouse-bench-");
    try {
      return run(console, chosen(), work);
    } finally {
      Trees.delete(work);
    }
  }

  private void requireSane() {
    if (memoryMib < MEMORY_MIB_MIN || memoryMib > MEMORY_MIB_MAX) {
      throw badUsage(
          "The --memory-mib (%d) must be from %d to %d."
              .formatted(memoryMib, MEMORY_MIB_MIN, MEMORY_MIB_MAX),
          "Maybe leave it out.");
    }
    requireUpTo("--rounds", rounds, ROUNDS_MAX);
    requireUpTo("--instances", instances, INSTANCES_MAX);
    if (!Files.isWritable(directory)) {
      throw badUsage(
          "The --directory (%s) must be one to write into.".formatted(directory),
          "Maybe give /var/tmp.");
    }
  }

  private void requireUpTo(String option, int value, int max) {
    if (value < 1 || value > max) {
      throw badUsage(
          "The %s (%d) must be from 1 to %d.".formatted(option, value, max), "Maybe leave it out.");
    }
  }

  private Map<String, Benchmark> chosen() {
    Map<String, Benchmark> all = new TreeMap<>();
    ServiceLoader.load(Benchmark.class).forEach(found -> all.put(found.name(), found));
    for (String name : names) {
      if (!all.containsKey(name)) {
        throw badUsage(
            "There is no benchmark %s.".formatted(name),
            "Maybe one of: %s".formatted(String.join(", ", all.keySet())));
      }
    }
    if (!names.isEmpty()) {
      all.keySet().retainAll(names);
    }
    return all;
  }

  private ExitCode run(Console console, Map<String, Benchmark> chosen, Path work)
      throws IOException {
    ArrayNode results = JsonNodeFactory.instance.arrayNode();
    boolean held = true;
    Workbench.Rest rest = new Workbench.Rest(instances, period);
    for (Benchmark benchmark : chosen.values()) {
      console.note("%s: %s".formatted(benchmark.name(), benchmark.description()));
      Path own = Files.createDirectory(work.resolve(benchmark.name()));
      try {
        List<BenchLine> lines =
            benchmark.run(new Workbench(own, memoryMib * MIB, rounds, rest, console::note));
        results.add(json(benchmark, lines));
        console.text(table(lines));
        held &= lines.stream().allMatch(BenchLine::holds);
      } catch (Benchmark.MissingPeerException e) {
        throw new CommandFailure(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
      } finally {
        Trees.delete(own);
      }
    }
    console.json(JsonNodeFactory.instance.objectNode().set("benchmarks", results));
    return held || !check ? ExitCode.OK : ExitCode.FAILED;
  }

  private static ObjectNode json(Benchmark benchmark, List<BenchLine> lines) {
    ObjectNode result = JsonNodeFactory.instance.objectNode().put("name", benchmark.name());
    ArrayNode rows = result.putArray("lines");
    for (BenchLine line : lines) {
      rows.addObject()
          .put("what", line.what())
          .put("unit", line.unit())
          .put("ours", line.ours())
          .put("peer", line.peer())
          .put("peers", line.peers())
          .put("ratio", line.ratio())
          .put("ratio_max", line.ratioMax())
          .put("holds", line.holds());
    }
    return result;
  }

  private static String table(List<BenchLine> lines) {
    TextTable table = new TextTable("what", "ours", "peer", "its", "ratio", "at most", "");
    for (BenchLine line : lines) {
      table.row(
          line.what(),
          figure(line.ours(), line.unit()),
          line.peer(),
          figure(line.peers(), line.unit()),
          String.format(Locale.ROOT, "%.2f", line.ratio()),
          String.format(Locale.ROOT, "%.2f", line.ratioMax()),
          line.holds() ? "holds" : "EXCEEDED");
    }
    return table.toString();
  }

  private static String figure(double value, String unit) {
    return String.format(Locale.ROOT, "%.2f %s", value, unit);
  }
}
