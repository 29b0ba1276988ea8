package io.dormouse.yarn.site;

import io.dormouse.engine.spi.SiteNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Addresses, folders and configuration of a site's daemons. Heartbeats are short, so that an
 * allocation takes a fraction of a second; memory checks are off, as workers' memory lives in
 * capsules; a NodeManager keeps its containers when it is restarted.
 */
final class SiteLayout {
  private static final int RESOURCE_MANAGER_PORTS = 6;
  private static final int NODE_MANAGER_PORTS = 5;
  private static final long BYTES_PER_MEBIBYTE = 1L << 20;
  private static final int HEARTBEAT_MILLIS = 100;
  private static final int VIEW_MILLIS = 250;

  final Path work;
  final Staging staging;
  final Path poolToken;
  final Path pluginToken;
  final String clientAddress;
  final String pluginAddress;
  private final Map<String, String> resourceManager = new LinkedHashMap<>();
  private final FreePorts ports;

  SiteLayout(Path work, Staging staging, SiteUser user, int nodes) throws IOException {
    this.work = work;
    this.staging = staging;
    ports = FreePorts.find(RESOURCE_MANAGER_PORTS + NODE_MANAGER_PORTS * nodes);
    clientAddress = ports.address();
    pluginAddress = ports.address();
    poolToken = user.secret(work.resolve("pool.token"), Tokens.fresh());
    pluginToken = user.secret(work.resolve("plugin.token"), Tokens.fresh());
    addresses();
  }

  private void addresses() {
    resourceManager.put("yarn.resourcemanager.hostname", "127.0.0.1");
    resourceManager.put("yarn.resourcemanager.bind-host", "127.0.0.1");
    resourceManager.put("yarn.resourcemanager.address", clientAddress);
    for (String service : List.of("scheduler", "resource-tracker", "admin", "webapp")) {
      resourceManager.put("yarn.resourcemanager." + service + ".address", ports.address());
    }
    resourceManager.put("yarn.resourcemanager.connect.max-wait.ms", "20000");
    resourceManager.put("yarn.resourcemanager.connect.retry-interval.ms", "500");
  }

  /** Configuration of a client or an ApplicationMaster. */
  HadoopConfig client() {
    return common().yarn(resourceManager);
  }

  /** Configuration of the ResourceManager. */
  HadoopConfig resourceManager(Path home) {
    return common()
        .core("hadoop.tmp.dir", home.resolve("tmp").toString())
        .yarn(resourceManager)
        .yarn("yarn.node-attribute.fs-store.root-dir", home.resolve("node-attributes").toString())
        .yarn(
            "yarn.resourcemanager.scheduler.class",
            "org.apache.hadoop.yarn.server.resourcemanager.scheduler.capacity.CapacityScheduler")
        .yarn("yarn.resourcemanager.nodemanagers.heartbeat-interval-ms", "" + HEARTBEAT_MILLIS)
        .yarn("yarn.resourcemanager.am.max-attempts", "1")
        .yarn("yarn.nm.liveness-monitor.expiry-interval-ms", "20000")
        .yarn("yarn.scheduler.minimum-allocation-mb", "64")
        .yarn("yarn.scheduler.maximum-allocation-mb", "1048576")
        .yarn("yarn.scheduler.maximum-allocation-vcores", "1024")
        .yarn("yarn.resourcemanager.scheduler.monitor.enable", "true")
        .yarn(
            "yarn.resourcemanager.scheduler.monitor.policies",
            "io.dormouse.yarn.plugin.DormouseSchedulingEditPolicy")
        .yarn("dormouse.yarn.endpoint", "http://" + pluginAddress + "/v1/yarn/view")
        .yarn("dormouse.yarn.token-file", pluginToken.toString())
        .yarn("dormouse.yarn.state-file", home.resolve("epoch").toString())
        .yarn("dormouse.yarn.interval-ms", "" + VIEW_MILLIS)
        .scheduler("root.queues", "default,batch")
        .scheduler("root.default.capacity", "70")
        .scheduler("root.default.maximum-capacity", "100")
        .scheduler("root.default.user-limit-factor", "100")
        .scheduler("root.batch.capacity", "30")
        .scheduler("root.batch.maximum-capacity", "100")
        .scheduler("root.batch.user-limit-factor", "100")
        .scheduler("maximum-am-resource-percent", "1.0")
        .scheduler("node-locality-delay", "0");
  }

  /** Configuration of one NodeManager, with an address of its own. */
  HadoopConfig nodeManager(SiteNode node, Path home, String address) {
    String launcher =
        String.join(
            ",",
            Java.executable(),
            "-Xmx64m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            staging.classPath(),
            "io.dormouse.checkpoint.launcher.LauncherMain");
    return common()
        .core("hadoop.tmp.dir", home.resolve("tmp").toString())
        .yarn(resourceManager)
        .yarn("yarn.nodemanager.hostname", "127.0.0.1")
        .yarn("yarn.nodemanager.bind-host", "127.0.0.1")
        .yarn("yarn.nodemanager.address", address)
        .yarn("yarn.nodemanager.localizer.address", ports.address())
        .yarn("yarn.nodemanager.webapp.address", ports.address())
        .yarn("yarn.nodemanager.collector-service.address", ports.address())
        .yarn("yarn.nodemanager.local-dirs", home.resolve("local").toString())
        .yarn("yarn.nodemanager.log-dirs", home.resolve("logs").toString())
        .yarn(
            "yarn.nodemanager.resource.memory-mb",
            "" + node.capacity().memoryBytes() / BYTES_PER_MEBIBYTE)
        .yarn(
            "yarn.nodemanager.resource.cpu-vcores",
            "" + Math.max(1, node.capacity().milliCores() / 1_000))
        .yarn("yarn.nodemanager.pmem-check-enabled", "false")
        .yarn("yarn.nodemanager.vmem-check-enabled", "false")
        .yarn("yarn.nodemanager.container-monitor.enabled", "false")
        .yarn(
            "yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", "99.9")
        .yarn("yarn.nodemanager.sleep-delay-before-sigkill.ms", "2000")
        .yarn("yarn.nodemanager.recovery.enabled", "true")
        .yarn("yarn.nodemanager.recovery.supervised", "true")
        .yarn("yarn.nodemanager.recovery.dir", home.resolve("recovery").toString())
        .yarn("yarn.nodemanager.admin-env", "DORMOUSE_AGENT_SOCKET=" + node.agentSocket())
        .yarn("yarn.nodemanager.aux-services", "dormouse")
        .yarn(
            "yarn.nodemanager.aux-services.dormouse.class",
            "io.dormouse.yarn.plugin.DormouseAuxiliaryService")
        .yarn("dormouse.yarn.launcher", launcher)
        .yarn("dormouse.yarn.agent-socket", node.agentSocket().toString());
  }

  String nodeAddress() {
    return ports.address();
  }

  private static HadoopConfig common() {
    return new HadoopConfig()
        .core("fs.defaultFS", "file:///")
        .core("ipc.client.connect.max.retries", "20")
        .core("ipc.client.connect.retry.interval", "250")
        .yarn("yarn.timeline-service.enabled", "false")
        .yarn("yarn.log-aggregation-enable", "false");
  }
}
