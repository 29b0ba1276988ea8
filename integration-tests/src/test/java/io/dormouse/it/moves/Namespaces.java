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
import java.util.concurrent.TimeUnit;

/**
 * Network namespaces around a bridge: the hub, and nodes with a line to it each. A process each
 * keeps them, which ends with this one, however this one ends, and all that runs in its namespace
 * with it: so nothing is ever left of them.
 */
final class Namespaces implements AutoCloseable {
  static final String HUB = "hub";
  private static final String NETWORK = "10.77.0.";
  private static final long END_SECONDS_MAX = 30;

  // What is frozen can't end: its groups are those of the instance whose name is handed over.
  private static final String KEEPER =
      """
      cat >/dev/null
      ns=$(readlink /proc/$$/ns/net)
      left=1
      while [ -n "$left" ]; do
        left=
        for g in /sys/fs/cgroup/freezer /sys/fs/cgroup/unified /sys/fs/cgroup; do
          for d in "$g"/dormouse/"$1"-*; do
            [ -e "$d/freezer.state" ] && echo THAWED >"$d/freezer.state"
            [ -e "$d/cgroup.freeze" ] && echo 0 >"$d/cgroup.freeze"
          done
        done
        for d in /proc/[0-9]*; do
          p=${d#/proc/}
          if [ "$p" != $$ ] && [ "$(readlink "$d/ns/net")" = "$ns" ]; then
            kill -9 "$p" && left=1
          fi
        done
        [ -n "$left" ] && sleep 0.2
      done 2>/dev/null
      """;

  private final String instance;
  private final Map<String, Process> keepers = new LinkedHashMap<>();

  private Namespaces(String instance) {
    this.instance = instance;
  }

  /** {@code instance}: what runs there in capsules. */
  static Namespaces of(List<String> nodes, String instance)
      throws IOException, InterruptedException {
    Namespaces made = new Namespaces(instance);
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
    Process keeper =
        new ProcessBuilder("unshare", "--net", "--", "sh", "-c", KEEPER, "sh", instance).start();
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

  /** Ends what runs in them, and them. */
  @Override
  public void close() throws IOException {
    for (Process keeper : keepers.values()) {
      keeper.getOutputStream().close();
    }
    for (Map.Entry<String, Process> entry : keepers.entrySet()) {
      Process keeper = entry.getValue();
      keeper.onExit().completeOnTimeout(keeper, END_SECONDS_MAX, TimeUnit.SECONDS).join();
      if (keeper.isAlive()) {
        keeper.destroyForcibly();
        throw new IOException(
            "Something in namespace %s can't be ended.".formatted(entry.getKey()));
      }
    }
  }
}
