package io.dormouse.bench.moves;

import io.dormouse.bench.peers.Tools;
import io.dormouse.bench.peers.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Network namespaces of nodes, each with a line to a bridge in this process's, which must be its
 * own. A process keeps each and ends with this one.
 */
final class Namespaces implements AutoCloseable {
  private static final String NETWORK = "10.77.1.";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Map<String, Process> keepers = new LinkedHashMap<>();
  private final List<String> nodes;

  private Namespaces(List<String> nodes) {
    this.nodes = nodes;
  }

  static Namespaces of(List<String> nodes) throws IOException {
    Namespaces made = new Namespaces(nodes);
    try {
      ip(List.of(), "link set lo up");
      ip(List.of(), "link add bridge type bridge");
      ip(List.of(), "addr add %s1/24 dev bridge".formatted(NETWORK));
      ip(List.of(), "link set bridge up");
      for (String node : nodes) {
        made.join(node);
      }
      return made;
    } catch (IOException | RuntimeException e) {
      made.close();
      throw e;
    }
  }

  private void join(String node) throws IOException {
    Process keeper = new ProcessBuilder("unshare", "--net", "--", "cat").start();
    keepers.put(node, keeper);
    Waiting.until(
        "a network namespace",
        PATIENCE,
        () -> !Files.readSymbolicLink(namespace(keeper.pid())).equals(own()));
    String line = "to-" + node;
    ip(List.of(), "link add %s type veth peer name eth0 netns %d".formatted(line, keeper.pid()));
    ip(List.of(), "link set %s master bridge up".formatted(line));
    ip(in(node), "link set lo up");
    ip(in(node), "addr add %s/24 dev eth0".formatted(address(node)));
    ip(in(node), "link set eth0 up");
  }

  private static Path own() throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
  }

  private static Path namespace(long pid) {
    return Path.of("/proc", Long.toString(pid), "ns/net");
  }

  String address(String node) {
    return NETWORK + (nodes.indexOf(node) + 2);
  }

  /** Words before a command that is to run at a node. */
  List<String> in(String node) {
    Process keeper = keepers.get(node);
    if (keeper == null) {
      throw new IllegalArgumentException("There is no node " + node);
    }
    return List.of("nsenter", "--net=" + namespace(keeper.pid()), "--");
  }

  private static void ip(List<String> prefix, String arguments) throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add("ip");
    command.addAll(List.of(arguments.split(" ", -1)));
    Tools.run(PATIENCE, command);
  }

  @Override
  public void close() {
    keepers.values().forEach(Process::destroyForcibly);
  }
}
