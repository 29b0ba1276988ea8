package io.dormouse.cli.up.run;

import io.dormouse.cli.CommandFailure;
import io.dormouse.cli.ExitCode;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.spi.SiteNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How large the played machines are.
 *
 * @param nodeBytes what each node hands out
 */
public record ClusterPlan(long nodeBytes) {
  /** How many machines are played. */
  public static final int NODES = 3;

  private static final long GIB = 1L << 30;
  private static final long NODE_BYTES_MAX = 3 * GIB;
  private static final long DAEMONS_BYTES = 4 * GIB;
  private static final long VIRTUAL_CORES = 8;

  /**
   * The largest nodes that this machine has memory for.
   *
   * @throws CommandFailure when it has too little
   */
  public static ClusterPlan forThisMachine() throws IOException {
    return forMemory(availableBytes(Path.of("/proc/meminfo")));
  }

  static ClusterPlan forMemory(long availableBytes) {
    long each = (availableBytes - DAEMONS_BYTES) / NODES;
    if (each < GIB) {
      throw new CommandFailure(
          ExitCode.FAILED,
          "There are %d MiB of memory available, but `up` needs %d MiB."
              .formatted(availableBytes >> 20, (DAEMONS_BYTES + NODES * GIB) >> 20),
          "Maybe end other programs, or use a larger machine.");
    }
    return new ClusterPlan(
        Math.min(NODE_BYTES_MAX, each) / WorkerProgram.MEMORY_BYTES * WorkerProgram.MEMORY_BYTES);
  }

  /**
   * Smaller nodes that hold one worker of each class, the application's master and one worker more:
   * memory is scarce, as on a real cluster, so that it can be seen when some is given back.
   */
  ClusterPlan snugFor(int classes) {
    long workersPerNode = (classes + 2L + NODES - 1) / NODES;
    return new ClusterPlan(
        Math.min(nodeBytes, Math.max(2, workersPerNode) * WorkerProgram.MEMORY_BYTES));
  }

  /** What all nodes hand out. */
  public long totalBytes() {
    return NODES * nodeBytes;
  }

  /**
   * Plain applications of a worker's size that can't all run while every class has a worker: one
   * more than there are places beside the workers and the master.
   */
  int plainApplications(int classes) {
    long places = totalBytes() / WorkerProgram.MEMORY_BYTES;
    return (int) Math.max(1, places - classes);
  }

  List<SiteNode> nodes(Path work) {
    return IntStream.rangeClosed(1, NODES)
        .mapToObj(
            number ->
                new SiteNode(
                    new NodeId("n" + number),
                    work.resolve("n" + number).resolve("agent.sock"),
                    Resources.of(VIRTUAL_CORES * 1000, nodeBytes)))
        .toList();
  }

  private static long availableBytes(Path meminfo) throws IOException {
    for (String line : Files.readAllLines(meminfo)) {
      if (line.startsWith("MemAvailable:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IOException("%s names no MemAvailable.".formatted(meminfo));
  }
}
