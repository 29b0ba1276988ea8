package io.dormouse.yarn.site;

import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.RunningSite;
import io.dormouse.engine.spi.RunningWorkload;
import io.dormouse.engine.spi.WorkloadRequest;
import io.dormouse.yarn.adapter.YarnSettings;
import io.dormouse.yarn.warmpool.ApplicationMaster;
import io.dormouse.yarn.warmpool.LaunchScript;
import io.dormouse.yarn.warmpool.PoolFile;
import io.dormouse.yarn.warmpool.PoolToken;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The embedded YARN cluster, up. */
final class RunningYarnSite implements RunningSite {
  private static final Logger LOG = LoggerFactory.getLogger(RunningYarnSite.class);
  private static final long MASTER_BYTES = 384L << 20;
  private static final int MASTER_HEAP_MEBIBYTES = 192;
  private static final Duration START_MAX = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final Duration NODE_PATIENCE = Duration.ofSeconds(2);
  private static final Duration END_PATIENCE = Duration.ofSeconds(5);

  private final SiteLayout layout;
  private final SiteUser user;
  private final Daemon resourceManager;
  private final Map<NodeId, NodeManager> nodes;
  private final Applications applications;
  private final AtomicInteger deployments = new AtomicInteger();

  RunningYarnSite(
      SiteLayout layout,
      SiteUser user,
      Daemon resourceManager,
      Map<NodeId, NodeManager> nodes,
      Applications applications) {
    this.layout = layout;
    this.user = user;
    this.resourceManager = resourceManager;
    this.nodes = Map.copyOf(nodes);
    this.applications = applications;
  }

  @Override
  public Map<String, String> adapterSettings() {
    return Map.of(
        YarnSettings.RESOURCE_MANAGER,
        layout.clientAddress,
        YarnSettings.POOL_TOKEN_FILE,
        layout.poolToken.toString(),
        YarnSettings.PLUGIN_LISTEN,
        layout.pluginAddress,
        YarnSettings.PLUGIN_TOKEN_FILE,
        layout.pluginToken.toString());
  }

  @Override
  public RunningWorkload deploy(WorkloadRequest request) throws IOException, InterruptedException {
    Path home = user.directory(layout.work.resolve("application-" + deployments.incrementAndGet()));
    layout.client().write(home.resolve("conf"), home.resolve("hadoop.log"));
    Path file = home.resolve("pool.json");
    PoolFile.of(readable(request), layout.poolToken).write(file);
    ApplicationId id =
        applications.submit(
            new Applications.Submission(
                request.name(),
                ApplicationMaster.APPLICATION_TYPE,
                "default",
                MASTER_BYTES,
                masterCommand(home.resolve("conf"), file)));
    Waiting.until("the application master", START_MAX, PAUSE, () -> isUp(id));
    return new DeployedPool(
        applications.report(id), applications, PoolToken.read(layout.poolToken));
  }

  private WorkloadRequest readable(WorkloadRequest request) {
    List<String> launcher = request.launcher().stream().map(layout.staging::translate).toList();
    return new WorkloadRequest(
        request.name(), launcher, request.classes(), request.keepAlive(), request.engine());
  }

  private String masterCommand(Path conf, Path file) {
    List<String> command =
        new ArrayList<>(
            Java.command(
                MASTER_HEAP_MEBIBYTES,
                conf + ":" + layout.staging.classPath(),
                List.of(ApplicationMaster.class.getName(), file.toString())));
    return LaunchScript.wrap(
        command.stream().map(LaunchScript::quote).collect(Collectors.joining(" ", "exec ", "\n")));
  }

  private boolean isUp(ApplicationId id) throws IOException, InterruptedException {
    ApplicationReport report = applications.report(id);
    if (applications.isOver(id)) {
      throw new IOException(
          "The application master (%s) ended: %s%nMaybe its log under %s says why."
              .formatted(id, report.getDiagnostics(), layout.work));
    }
    return report.getYarnApplicationState() == YarnApplicationState.RUNNING
        && report.getRpcPort() > 0;
  }

  @Override
  public String submitPlain(long memoryBytes) throws IOException, InterruptedException {
    String sleep = LaunchScript.wrap("exec sleep 86400\n");
    return applications
        .submit(new Applications.Submission("plain", "PLAIN", "batch", memoryBytes, sleep))
        .toString();
  }

  @Override
  public boolean isRunning(String applicationId) throws IOException, InterruptedException {
    return applications.isLaunched(ApplicationId.fromString(applicationId));
  }

  @Override
  public void kill(String applicationId) throws IOException, InterruptedException {
    applications.kill(ApplicationId.fromString(applicationId));
  }

  @Override
  public void restartNode(NodeId node) throws IOException, InterruptedException {
    NodeManager manager = nodes.get(node);
    if (manager == null) {
      throw new IllegalArgumentException(
          "There is no node (%s).%nMaybe one of %s was meant.".formatted(node, nodes.keySet()));
    }
    long before = System.currentTimeMillis();
    manager.daemon().restart();
    Waiting.until(
        "node " + node,
        START_MAX,
        PAUSE,
        () ->
            applications.runningNodes().stream()
                .anyMatch(
                    report ->
                        report.getNodeId().getPort() == manager.port()
                            && report.getLastHealthReportTime() > before));
  }

  @Override
  public void close() {
    try {
      applications.killAll();
      applications.close();
    } catch (IOException | RuntimeException e) {
      LOG.warn("Applications may be left over until the daemons end.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    stop(resourceManager, nodes.values());
  }

  /** Ends daemons and what they leave; the ResourceManager last, as NodeManagers look for it. */
  static void stop(Daemon resourceManager, Iterable<NodeManager> nodes) {
    nodes.forEach(node -> node.daemon().askToEnd());
    boolean interrupted = Thread.interrupted();
    // A NodeManager that has logs to delete later waits ten seconds for that: not for us.
    long end = System.nanoTime() + NODE_PATIENCE.toNanos();
    try {
      for (NodeManager node : nodes) {
        node.daemon().awaitEnd(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        Leftovers.end(node.home().resolve("local"));
      }
      resourceManager.askToEnd();
      resourceManager.awaitEnd(END_PATIENCE);
    } catch (InterruptedException e) {
      interrupted = true;
      resourceManager.askToEnd();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A NodeManager, its folder and the port that tells it from the others. */
  record NodeManager(Daemon daemon, Path home, int port) {}
}
