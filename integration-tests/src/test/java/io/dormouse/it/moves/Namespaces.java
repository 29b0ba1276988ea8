package io.dormouse.it.moves;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Network namespaces around a bridge: the hub, and nodes with a line to it each. A process each
 * keeps them, which ends with this one, so that nothing is ever left of them.
 */
final class Namespaces implements AutoCloseable {
  static final String HUB = "hub";
  private static final String NETWORK = "10.77.0.";

  private final Map<String, Process> keepers = new LinkedHashMap<>();

  private Namespaces() {}

  static Namespaces of(List<String> nodes) throws IOException, InterruptedException {
    Namespaces made = new Namespaces();
    try {
      made.keep(HUB);
      made.ip(HUB, "link add br0 type bridge");
      made.ip(HUB, "addr add %s/24 dev br0".formatted(address(nodes, HUB)));
      made.ip(HUB, "link set br0 up");
      for (String node : nodes) {
        made.keep(node);
        long pid = made.pid(node);
        made.ip(HUB, "link add %s type veth peer name eth0 netns %d".formatted(line(node), pid));
        made.ip(HUB, "link set %s master br0 up".formatted(line(node)));
        made.ip(node, "addr add %s/24 dev eth0".formatted(address(nodes, node)));
        made.ip(node, "link set eth0 up");
      }
      return made;
    } catch (IOException | InterruptedException | RuntimeException failure) {
      made.close();
      throw failure;
    }
  }

  /** The hub's is the first. */
  static String address(List<String> nodes, String name) {
    return NETWORK + (nodes.indexOf(name) + 2);
  }

  private static String line(String node) {
    return "to-" + node;
  }

  /** Words before a command that is to run in one. */
  List<String> in(String name) {
    return List.of("nsenter", "--net=/proc/%d/ns/net".formatted(pid(name)), "--");
  }

  /** Cuts a node off, and puts it back. */
  void setConnected(String node, boolean connected) throws IOException, InterruptedException {
    ip(HUB, "link set %s %s".formatted(line(node), connected ? "up" : "down"));
  }

  private void keep(String name) throws IOException, InterruptedException {
    // It reads until this process ends.
    Process keeper = new ProcessBuilder("unshare", "--net", "--", "cat").start();
    keepers.put(name, keeper);
    Path own = Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
    Path its = Path.of("/proc/%d/ns/net".formatted(keeper.pid()));
    await().until(() -> !Files.readSymbolicLink(its).equals(own));
    ip(name, "link set lo up");
  }

  private long pid(String name) {
    return java.util.Objects.requireNonNull(keepers.get(name)).pid();
  }

  private void ip(String name, String arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(in(name));
    command.add("ip");
    command.addAll(List.of(arguments.split(" ", -1)));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("ip %s in %s: %s".formatted(arguments, name, said));
    }
  }

  @Override
  public void close() {
    keepers.values().forEach(Process::destroyForcibly);
  }
}
