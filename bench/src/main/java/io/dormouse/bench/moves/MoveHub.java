package io.dormouse.bench.moves;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dormouse.bench.agents.BenchCell;
import io.dormouse.bench.peers.Medians;
import io.dormouse.bench.peers.Subject;
import io.dormouse.checkpoint.images.Trees;
import io.dormouse.checkpoint.pki.TlsIdentity;
import io.dormouse.cli.bench.Benchmark.MissingPeerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Measures moves, in a network namespace of its own: {@code DIRECTORY MEMORY_BYTES ROUNDS CRIU
 * ZSTD...}. Writes {@code figures.json} into the directory: medians, seconds.
 */
final class MoveHub {
  static final String FIGURES = "figures.json";
  static final String STOOD = "stood";
  static final String DRAFT = "draft";
  static final String PLAIN = "plain";
  static final String PLAIN_DUMP = "plain dump";

  private static final List<String> NODES = List.of("a", "b");
  private static final Path MEMORY = Path.of("/dev/shm");

  private final Path directory;
  private final long memoryBytes;
  private final Medians medians = new Medians();

  private MoveHub(Path directory, long memoryBytes) {
    this.directory = directory;
    this.memoryBytes = memoryBytes;
  }

  /** Measures; see the class. */
  public static void main(String[] arguments) throws IOException, MissingPeerException {
    List<String> words = List.of(arguments);
    Path directory = Path.of(words.get(0));
    MoveHub hub = new MoveHub(directory, Long.parseLong(words.get(1)));
    Path fast = Files.createTempDirectory(MEMORY, "dormouse-bench-");
    try (Namespaces network = Namespaces.of(NODES)) {
      PlainMove plain =
          new PlainMove(network, Path.of(words.get(3)), words.subList(4, words.size()));
      hub.measure(network, plain, fast, Integer.parseInt(words.get(2)));
    } finally {
      Trees.delete(fast);
    }
    Map<String, Double> figures =
        Map.of(
            STOOD, hub.medians.of(STOOD),
            DRAFT, hub.medians.of(DRAFT),
            PLAIN, hub.medians.of(PLAIN),
            PLAIN_DUMP, hub.medians.of(PLAIN_DUMP));
    Files.write(directory.resolve(FIGURES), new ObjectMapper().writeValueAsBytes(figures));
  }

  private void measure(Namespaces network, PlainMove plain, Path fast, int rounds)
      throws IOException, MissingPeerException {
    Path programs = Files.createDirectory(directory.resolve("programs"));
    Path script = Subject.install(programs);
    BenchCell cell = BenchCell.create(Files.createDirectory(directory.resolve("cell")));
    try (TlsIdentity controller = cell.controller();
        Node from = node(cell, network, NODES.get(0), programs, fast, controller);
        Node to = node(cell, network, NODES.get(1), programs, fast, controller)) {
      for (int round = 1; round <= rounds; round++) {
        Path own = Files.createDirectory(directory.resolve("round-" + round));
        PlainMove.Took peers =
            plain.measure(new Ticking(script, memoryBytes), own, NODES.get(0), NODES.get(1));
        Trees.delete(own);
        OurMove.Took ours = new OurMove(from, to).measure(new Ticking(script, memoryBytes));
        note(round, rounds, ours, peers);
      }
    }
  }

  private void note(int round, int rounds, OurMove.Took ours, PlainMove.Took peers) {
    medians.add(STOOD, ours.stood());
    medians.add(DRAFT, ours.draft());
    medians.add(PLAIN, peers.stood());
    medians.add(PLAIN_DUMP, peers.dump());
    System.out.printf(
        "Round %d of %d: stood still for %.2f s and for the draft before %.2f s; by hand %.2f s.%n",
        round, rounds, seconds(ours.stood()), seconds(ours.draft()), seconds(peers.stood()));
  }

  private static double seconds(java.time.Duration duration) {
    return duration.toNanos() / 1e9;
  }

  private Node node(
      BenchCell cell,
      Namespaces network,
      String name,
      Path programs,
      Path fast,
      TlsIdentity controller)
      throws IOException, MissingPeerException {
    BenchCell.Plan plan =
        new BenchCell.Plan(
            name,
            network.address(name),
            network.in(name),
            Map.of(
                "engine", "runc",
                "image-keys", directory.resolve("keys").toString(),
                "read-only-paths", List.of(programs.toString()),
                "fast-storage", fast.resolve(name).toString(),
                "fast-storage-capacity", 2 * memoryBytes + "B"));
    return new Node(plan, cell.start(plan), controller);
  }
}
