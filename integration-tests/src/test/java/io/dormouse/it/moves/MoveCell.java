package io.dormouse.it.moves;

import static org.awaitility.Awaitility.await;

import com.google.common.io.Closer;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Two agents, each in a network namespace and with a store of its own; at the hub between them
 * ZooKeeper, a controller, and HAProxy before a counter that runs at one of them.
 */
final class MoveCell implements AutoCloseable {
  static final List<String> NODES = List.of("n1", "n2");
  static final String CONTROLLER = "controller";
  static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String HAPROXY = "haproxy";

  final Path root;
  final Namespaces namespaces;
  final Daemons daemons;
  final MoveFiles files;
  final Launchers launchers;
  final MoveSite site;
  final Lives lives;
  final CounterClient client;

  private MoveCell(Path root) throws IOException, InterruptedException {
    this.root = root;
    this.files = MoveFiles.create(root, NODES);
    String instance = MoveFiles.instance(root).value();
    this.namespaces = Namespaces.of(NODES, instance);
    this.daemons = new Daemons(namespaces, root.resolve("logs"));
    this.launchers =
        new Launchers(
            files, namespaces, root.resolve("logs"), instance, launcher(root.resolve("launcher")));
    this.site = new MoveSite(root.resolve("site.sock"), launchers, "n1");
    this.lives = new Lives(instance, NODES.stream().map(files::capsules).toList());
    this.client = new CounterClient(files.front());
  }

  /** Starts all, and has the counter answer at the first node. */
  static MoveCell start(List<String> haproxy, int mebibytes)
      throws IOException, InterruptedException {
    MoveCell cell = new MoveCell(Files.createTempDirectory(Path.of("/var/tmp"), "dormouse-move"));
    try {
      cell.startAll(haproxy, mebibytes);
      return cell;
    } catch (IOException | RuntimeException failure) {
      System.out.println(cell.daemons.lastWords(30));
      cell.close();
      throw failure;
    }
  }

  private void startAll(List<String> haproxy, int mebibytes) throws IOException {
    daemons.dormouse(
        "zookeeper",
        Namespaces.HUB,
        List.of(
            "zookeeper", "--data", root + "/zookeeper", "--port", "" + MoveFiles.ZOOKEEPER_PORT));
    for (String node : NODES) {
      startAgent(node);
    }
    List<String> proxy = new ArrayList<>(haproxy);
    proxy.addAll(List.of("-db", "-f", files.haproxy("n1").toString()));
    daemons.start(HAPROXY, Namespaces.HUB, proxy);
    await("the agents").atMost(PATIENCE).until(() -> NODES.stream().allMatch(this::listens));
    launchers.run(
        "n1",
        List.of(
            "/usr/bin/perl",
            files.counter().toString(),
            "" + MoveFiles.SERVICE_PORT,
            "" + mebibytes));
    startController();
    await("HAProxy").atMost(PATIENCE).until(() -> Files.exists(files.front()));
    client.start();
    await("the counter").atMost(PATIENCE).until(() -> client.answered() > 10);
    await("a leader that knows all")
        .atMost(PATIENCE)
        .until(() -> move("--dry-run").exitCode() == 0);
  }

  /** Its classes where any user can read them. */
  private static List<String> launcher(Path classes) throws IOException {
    Files.createDirectory(classes);
    MoveFiles.open(classes);
    try (Stream<Path> jars = Files.list(Daemons.INSTALLATION.resolve("lib"))) {
      for (Path jar : jars.filter(MoveCell::isOfLauncher).toList()) {
        Files.copy(jar, classes.resolve(jar.getFileName()));
      }
    }
    return List.of(
        Daemons.java(),
        "-Xshare:auto",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Xmx64m",
        "-cp",
        classes + "/*",
        "io.dormouse.checkpoint.launcher.LauncherMain");
  }

  private static boolean isOfLauncher(Path jar) {
    String name = jar.getFileName().toString();
    return name.contains("launcher")
        || name.contains("agent-api")
        || name.startsWith("protobuf-java");
  }

  static String agent(String node) {
    return "agent-" + node;
  }

  void startAgent(String node) throws IOException {
    daemons.dormouse(agent(node), node, List.of("agent", "--config", files.agent(node).toString()));
  }

  void startController() throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Daemons.java(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                MoveController.class.getName(),
                root.toString(),
                site.address().toString()));
    command.addAll(NODES);
    daemons.start(CONTROLLER, Namespaces.HUB, command);
  }

  String instance() {
    return MoveFiles.instance(root).value();
  }

  /** An operator's {@code dormouse move} of the instance. */
  Daemons.Said move(String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("move", instance()));
    arguments.addAll(List.of("--token-file", MoveFiles.operatorToken(root).toString()));
    arguments.addAll(List.of(options));
    return daemons.run(arguments);
  }

  private boolean listens(String node) {
    try (SocketChannel unused =
        SocketChannel.open(UnixDomainSocketAddress.of(files.agentSocket(node)))) {
      return unused.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  /** The other node. */
  static String other(String node) {
    return node.equals("n1") ? "n2" : "n1";
  }

  /** Waits until the instance is in one place, runs, and answers. */
  void awaitSettled() {
    await("one place").atMost(PATIENCE).until(site::isSettled);
    await("one life").atMost(PATIENCE).until(() -> lives.running().size() == 1);
    long before = client.answered();
    await("an answer")
        .atMost(PATIENCE)
        .until(() -> client.answered() > before + 5 || client.wrong().isPresent());
  }

  /** For whoever wants to know why. */
  private void keepLogs() throws IOException {
    Path kept = Files.createDirectories(Path.of("target/move-logs"));
    try (Stream<Path> logs = Files.list(root.resolve("logs"))) {
      for (Path log : logs.toList()) {
        Files.copy(log, kept.resolve(log.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** Where a life of the instance runs. */
  Set<String> running() {
    return lives.running();
  }

  /** Ends and removes all, whatever of that fails. */
  @Override
  public void close() throws IOException {
    try (Closer closer = Closer.create()) {
      closer.register(this::remove);
      closer.register(this::keepLogs);
      closer.register(this::unmount);
      closer.register(site::close);
      closer.register(namespaces::close);
      closer.register(daemons::close);
      closer.register(launchers::close);
      closer.register(lives::close);
      closer.register(client::close);
    }
  }

  /** What a killed runc had mounted. */
  private void unmount() throws IOException {
    List<String> points =
        Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
            .map(line -> line.split(" ", -1)[4])
            .filter(point -> point.startsWith(root.toString()))
            .toList();
    for (String point : points) {
      Process umount = new ProcessBuilder("umount", "--lazy", point).inheritIO().start();
      if (umount.onExit().join().exitValue() != 0) {
        throw new IOException("%s can't be unmounted.".formatted(point));
      }
    }
  }

  private void remove() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
