package io.dormouse.bench.moves;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dormouse.bench.peers.PeerTools;
import io.dormouse.cli.Installation;
import io.dormouse.cli.bench.BenchLine;
import io.dormouse.cli.bench.Benchmark;
import io.dormouse.cli.bench.Workbench;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A process that is moved between two network namespaces, beside the same by hand. */
public final class MoveBenchmark implements Benchmark {
  @Override
  public String name() {
    return "move";
  }

  @Override
  public String description() {
    return "how long a process stands still that moves between nodes, beside criu by hand";
  }

  @Override
  public List<BenchLine> run(Workbench bench) throws IOException, MissingPeerException {
    if (!"root".equals(System.getProperty("user.name"))) {
      throw new MissingPeerException(
          "Network namespaces need root, and this is %s.%nMaybe start it as root."
              .formatted(System.getProperty("user.name")));
    }
    PeerTools tools = new PeerTools(bench.progress());
    List<String> command = new ArrayList<>(List.of("unshare", "--net", "--"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Ddormouse.installation=" + Installation.root());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(MoveHub.class.getName());
    command.add(bench.directory().toString());
    command.add(Long.toString(bench.memoryBytes()));
    command.add(Integer.toString(bench.rounds()));
    command.add(tools.criu().toString());
    command.addAll(tools.command("zstd", "zstd"));
    run(command, bench);
    return lines(
        new ObjectMapper()
            .readValue(
                bench.directory().resolve(MoveHub.FIGURES).toFile(),
                new TypeReference<Map<String, Double>>() {}));
  }

  private static void run(List<String> command, Workbench bench) throws IOException {
    Path errors = bench.directory().resolve("errors");
    Process hub = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(hub.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        bench.progress().accept(line);
      }
      if (hub.waitFor() != 0) {
        throw new IOException("The moves failed: " + Files.readString(errors));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      hub.destroy();
    }
  }

  private static List<BenchLine> lines(Map<String, Double> figures) {
    return List.of(
        line(
            "stood still for a move",
            figures,
            MoveHub.STOOD,
            "criu dump, zstd -1, cp, criu restore",
            MoveHub.PLAIN,
            0.3),
        line(
            "stood still for the draft before",
            figures,
            MoveHub.DRAFT,
            "criu dump",
            MoveHub.PLAIN_DUMP,
            1.5));
  }

  private static BenchLine line(
      String what,
      Map<String, Double> figures,
      String ours,
      String peer,
      String peers,
      double ratioMax) {
    return new BenchLine(
        what,
        "s",
        figures.getOrDefault(ours, Double.NaN),
        peer,
        figures.getOrDefault(peers, Double.NaN),
        ratioMax);
  }
}
