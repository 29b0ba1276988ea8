package io.dormouse.it;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dormouse.cli.Dormouse;
import io.dormouse.cli.up.run.Leftovers;
import io.dormouse.cli.up.run.Teardown;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.spi.EmbeddedSite;
import io.dormouse.engine.spi.RunningSite;
import io.dormouse.engine.spi.SiteNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** ZooKeeper, three agents, a YARN site and a controller: each daemon a process of its own. */
final class TestCell {
  static final List<String> NODES = List.of("n1", "n2", "n3");
  static final Duration LEASE = Duration.ofSeconds(6);

  private static final Duration READY_MAX = Duration.ofSeconds(90);
  private static final Duration TAKES_CHARGE = Duration.ofSeconds(1);
  private static final long NODE_BYTES = 2L << 30;
  private static final long IMAGES_BYTES_MAX = 4L << 30;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  final Path root;
  final Path images;
  final Children children;
  private final Teardown teardown = new Teardown();
  private final List<String> cgroupsBefore;
  private final CellFiles files;
  private final Map<String, Process> agents = new LinkedHashMap<>();
  private RunningSite site;

  private TestCell(Path root, Path images) throws IOException {
    this.root = root;
    this.images = images;
    this.cgroupsBefore = new Leftovers().cgroups();
    open(root);
    for (String name : List.of("logs", "worker", "site", "n1", "n2", "n3")) {
      open(Files.createDirectories(root.resolve(name)));
    }
    this.children = new Children(root.resolve("logs"));
    this.files = CellFiles.create(root, images);
  }

  /** Starts all but the controller; whatever was started when one thing fails is ended. */
  static TestCell start() throws IOException, InterruptedException {
    Path root = Files.createTempDirectory(Path.of("/var/tmp"), "dormouse-it");
    Path images = imagesFolder(root);
    TestCell cell = new TestCell(root, images);
    try {
      cell.startAll();
      return cell;
    } catch (IOException | InterruptedException | RuntimeException failure) {
      cell.close();
      throw failure;
    }
  }

  /** In memory where there is enough of it: the tests are not about slow disks. */
  private static Path imagesFolder(Path root) throws IOException {
    Path memory = Path.of("/dev/shm");
    boolean roomy =
        Files.isDirectory(memory) && Files.getFileStore(memory).getUsableSpace() > IMAGES_BYTES_MAX;
    return Files.createDirectory(
        roomy ? memory.resolve(root.getFileName()) : root.resolve("images"));
  }

  private void startAll() throws IOException, InterruptedException {
    teardown.add("the daemons", 150, children::endAll);
    children.start("zookeeper", files.zooKeeperArguments());
    for (String node : NODES) {
      startAgent(node);
    }
    EmbeddedSite yarn =
        ServiceLoader.load(EmbeddedSite.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(candidate -> candidate.name().equals("yarn"))
            .findFirst()
            .orElseThrow();
    List<SiteNode> nodes = NODES.stream().map(this::siteNode).toList();
    site =
        teardown.add(
            "the site",
            60,
            yarn.start(
                new EmbeddedSite.Request(
                    Children.INSTALLATION, root.resolve("site"), "nobody", nodes),
                line -> {}));
    await().atMost(READY_MAX).until(files::allListen);
  }

  private SiteNode siteNode(String node) {
    return new SiteNode(new NodeId(node), files.agentSocket(node), Resources.of(8_000, NODE_BYTES));
  }

  RunningSite site() {
    return site;
  }

  CellFiles files() {
    return files;
  }

  private void startAgent(String node) throws IOException {
    agents.put(
        node,
        children.start(
            "agent-" + node, List.of("agent", "--config", files.agent(node).toString())));
  }

  /** Kills an agent abruptly. */
  void killAgent(String node) throws InterruptedException {
    Children.killAbruptly(agents.get(node));
  }

  /** Starts a killed agent again, on the same state. */
  void restartAgent(String node) throws IOException {
    startAgent(node);
    await().atMost(READY_MAX).until(files::allListen);
  }

  /** Starts a controller in act mode. */
  Process startController(Prices prices) throws IOException {
    Path config = files.controller(prices, site.adapterSettings());
    return children.start("controller", List.of("controller", "--config", config.toString()));
  }

  /** Waits until a controller leads, sees the workers, and has had time to tell them so. */
  void awaitLeader() {
    await("a leader").atMost(READY_MAX).during(TAKES_CHARGE).until(this::hasLeader);
  }

  private boolean hasLeader() throws InterruptedException {
    try {
      JsonNode status = rest("status");
      return status.path("leader").asBoolean() && status.path("schedulerConnected").asBoolean();
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Runs a {@code dormouse} command as this cell's operator; its exit code, and what it said. */
  Map.Entry<Integer, String> operate(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--url", "http://127.0.0.1:" + files.restPort()));
    all.addAll(List.of("--token-file", files.operatorToken().toString()));
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said, true);
    int exitCode = Dormouse.run(out, out, all.toArray(String[]::new));
    return Map.entry(exitCode, said.toString());
  }

  /** Reads from the controller. */
  JsonNode rest(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%d/api/v1/%s".formatted(files.restPort(), path)))
            .timeout(Duration.ofSeconds(5))
            .build();
    String body = HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
    return new JsonMapper().readTree(body);
  }

  /** Ends everything and removes what it wrote; what went wrong or is left over, for people. */
  List<String> close() throws IOException {
    List<String> troubles = new ArrayList<>(teardown.closeAll());
    troubles.addAll(new Leftovers().of(root, cgroupsBefore));
    if (troubles.isEmpty()) {
      delete(root);
    }
    delete(images);
    return troubles;
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void open(Path directory) throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
