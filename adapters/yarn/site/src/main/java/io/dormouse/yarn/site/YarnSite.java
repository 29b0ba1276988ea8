package io.dormouse.yarn.site;

import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.EmbeddedSite;
import io.dormouse.engine.spi.RunningSite;
import io.dormouse.engine.spi.SiteNode;
import io.dormouse.yarn.site.RunningYarnSite.NodeManager;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** YARN: a ResourceManager and a NodeManager per node, processes of their own, on loopback. */
public final class YarnSite implements EmbeddedSite {
  private static final String RESOURCE_MANAGER =
      "org.apache.hadoop.yarn.server.resourcemanager.ResourceManager";
  private static final String NODE_MANAGER =
      "org.apache.hadoop.yarn.server.nodemanager.NodeManager";
  private static final int HEAP_MEBIBYTES = 192;
  private static final Duration START_MAX = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(100);

  /** Found by {@link java.util.ServiceLoader}. */
  public YarnSite() {}

  @Override
  public String name() {
    return "yarn";
  }

  @Override
  public RunningSite start(Request request, Consumer<String> progress)
      throws IOException, InterruptedException {
    SiteUser user = SiteUser.of(request.runAsUser());
    Path work = request.workDirectory().toRealPath();
    Staging staging = Staging.of(request.installation(), work, user);
    SiteLayout layout = new SiteLayout(work, staging, user, request.nodes().size());
    progress.accept(
        "Starting YARN: one ResourceManager, %d NodeManagers, as user %s"
            .formatted(request.nodes().size(), user.name()));
    Daemon resourceManager = resourceManager(layout, user);
    Map<NodeId, NodeManager> nodes = new LinkedHashMap<>();
    try {
      for (SiteNode node : request.nodes()) {
        nodes.put(node.id(), nodeManager(layout, user, node));
      }
      Path clientConf = work.resolve("client-conf");
      layout.client().write(clientConf, work.resolve("client.log"));
      Applications applications = new Applications(user.name(), clientConf);
      awaitNodes(applications, resourceManager, List.copyOf(nodes.values()), progress);
      return new RunningYarnSite(layout, user, resourceManager, nodes, applications);
    } catch (Throwable e) {
      RunningYarnSite.stop(resourceManager, nodes.values());
      throw e;
    }
  }

  private static Daemon resourceManager(SiteLayout layout, SiteUser user) throws IOException {
    Path home = home(layout, user, "resourcemanager");
    layout.resourceManager(home).write(home.resolve("conf"), home.resolve("daemon.log"));
    return start("ResourceManager", RESOURCE_MANAGER, home, layout, user);
  }

  private static NodeManager nodeManager(SiteLayout layout, SiteUser user, SiteNode node)
      throws IOException {
    Path home = home(layout, user, "nodemanager-" + node.id().value().replace('/', '_'));
    String address = layout.nodeAddress();
    layout.nodeManager(node, home, address).write(home.resolve("conf"), home.resolve("daemon.log"));
    Daemon daemon = start("NodeManager " + node.id(), NODE_MANAGER, home, layout, user);
    int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
    return new NodeManager(daemon, home, port);
  }

  private static Path home(SiteLayout layout, SiteUser user, String name) throws IOException {
    Path home = user.directory(layout.work.resolve(name));
    user.directory(home.resolve("tmp"));
    return home;
  }

  private static Daemon start(
      String name, String mainClass, Path home, SiteLayout layout, SiteUser user)
      throws IOException {
    String classPath = home.resolve("conf") + ":" + layout.staging.daemonClassPath();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-Djava.io.tmpdir=" + home.resolve("tmp"),
                "-Duser.home=" + home,
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                mainClass));
    Map<String, String> environment =
        Map.of(
            "PATH", Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin"),
            "JAVA_HOME", System.getProperty("java.home"),
            "USER", user.name(),
            "LANG", "C.UTF-8");
    return Daemon.start(
        name, home, user, Java.command(HEAP_MEBIBYTES, classPath, arguments), environment);
  }

  private static void awaitNodes(
      Applications applications,
      Daemon resourceManager,
      List<NodeManager> nodes,
      Consumer<String> progress)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    Waiting.until(
        "YARN's nodes",
        START_MAX,
        PAUSE,
        () -> {
          requireAlive(resourceManager);
          for (NodeManager node : nodes) {
            requireAlive(node.daemon());
          }
          return applications.runningNodes().size() >= nodes.size();
        });
    progress.accept(
        "YARN is up with %d nodes after %.1f s"
            .formatted(nodes.size(), (System.nanoTime() - start) / 1e9));
  }

  private static void requireAlive(Daemon daemon) throws IOException {
    if (!daemon.isAlive()) {
      throw new IOException(
          "The %s ended while starting. Its last words:%n%s%nMaybe a port was taken meanwhile: try again."
              .formatted(daemon.name(), daemon.lastWords()));
    }
  }
}
