package io.dormouse.cli.up.run;

import io.dormouse.cli.Installation;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.SiteNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts Dormouse's own daemons as children and waits until they answer. */
final class Daemons {
  private static final Duration READY_MAX = Duration.ofSeconds(90);
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final Duration AGENT_GRACE = Duration.ofSeconds(40);
  private static final long POLL_MILLIS = 50;

  /** Its heavy work is native: what better code would save later, it costs while others wait. */
  private static final List<String> QUICKLY_COMPILED = List.of("-XX:TieredStopAtLevel=1");

  private final WorkDirectory work;
  private final Teardown teardown;
  private final boolean verbose;

  Daemons(WorkDirectory work, Teardown teardown, boolean verbose) {
    this.work = work;
    this.teardown = teardown;
    this.verbose = verbose;
  }

  /** Starts ZooKeeper; its address. */
  String zooKeeper() throws IOException, InterruptedException {
    int port = Ports.free();
    ChildProcess child =
        start(
            "zookeeper",
            128,
            GRACE,
            List.of("zookeeper", "--data", work.root() + "/zookeeper", "--port", "" + port),
            // a machine that loses power loses this run anyway
            List.of("-Dzookeeper.forceSync=no", "-Dzookeeper.preAllocSize=1024"));
    await(child, () -> listens(port));
    return "127.0.0.1:" + port;
  }

  /** Starts an agent per node; their addresses. */
  Map<NodeId, String> agents(List<SiteNode> nodes, AgentSetup setup)
      throws IOException, InterruptedException {
    Map<NodeId, ChildProcess> children = new LinkedHashMap<>();
    for (SiteNode node : nodes) {
      String name = node.id().value();
      work.open(name);
      Path config = setup.write(work.root().resolve(name), node);
      children.put(
          node.id(),
          start(
              "agent-" + name,
              128,
              AGENT_GRACE,
              List.of("agent", "--config", config.toString()),
              QUICKLY_COMPILED));
    }
    Map<NodeId, String> addresses = new LinkedHashMap<>();
    for (Map.Entry<NodeId, ChildProcess> child : children.entrySet()) {
      Path portFile = work.root().resolve(child.getKey().value()).resolve("port");
      await(child.getValue(), () -> Files.exists(portFile));
      addresses.put(child.getKey(), "127.0.0.1:" + Files.readString(portFile).strip());
    }
    return addresses;
  }

  /** Starts a controller; returns once it is ready. */
  ChildProcess controller(Path config, int restPort) throws IOException, InterruptedException {
    ChildProcess child =
        start(
            "controller",
            384,
            GRACE,
            List.of("controller", "--config", config.toString()),
            List.of());
    await(child, () -> isReady(restPort));
    return child;
  }

  private ChildProcess start(
      String name, int heapMebibytes, Duration grace, List<String> arguments, List<String> options)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xshare:auto", "-XX:-UsePerfData"));
    command.add("-Xmx" + heapMebibytes + "m");
    command.addAll(options);
    command.add("-Ddormouse.installation=" + Installation.root());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("io.dormouse.cli.Dormouse");
    command.addAll(arguments);
    if (verbose) {
      command.add("--verbose");
    }
    ChildProcess child = ChildProcess.start(name, command, work.log(name), grace);
    return teardown.add(name, (int) grace.toSeconds() + 10, child);
  }

  private static void await(ChildProcess child, Check check)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + READY_MAX.toNanos();
    while (!check.passes()) {
      if (!child.isAlive()) {
        throw child.ended();
      }
      if (System.nanoTime() > deadline) {
        throw new IOException(
            "The %s was not ready within %d s. Its last words:%n%s%nMaybe the machine is overloaded: try again."
                .formatted(child.name(), READY_MAX.toSeconds(), child.lastWords()));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  private static boolean isReady(int port) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/ready"))
            .timeout(Duration.ofSeconds(2))
            .build();
    try {
      return HttpClient.newHttpClient()
              .send(request, HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Whether a daemon is ready. */
  private interface Check {
    boolean passes() throws IOException, InterruptedException;
  }
}
