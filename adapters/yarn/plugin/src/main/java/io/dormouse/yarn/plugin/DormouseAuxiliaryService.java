package io.dormouse.yarn.plugin;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.server.api.ApplicationInitializationContext;
import org.apache.hadoop.yarn.server.api.ApplicationTerminationContext;
import org.apache.hadoop.yarn.server.api.AuxiliaryService;
import org.apache.hadoop.yarn.server.api.ContainerContext;
import org.apache.hadoop.yarn.server.api.ContainerInitializationContext;
import org.apache.hadoop.yarn.server.api.ContainerTerminationContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The NodeManager's side: tells the node's agent under which name YARN knows the node and, where
 * wanted, of containers that start and stop. To be named in {@code yarn.nodemanager.aux-services}
 * as {@code dormouse}. Nothing that goes wrong here reaches a container.
 */
public final class DormouseAuxiliaryService extends AuxiliaryService {
  static final String NAME = "dormouse";
  static final String LAUNCHER = PluginConfig.PREFIX + "launcher";
  static final String AGENT_SOCKET = PluginConfig.PREFIX + "agent-socket";
  static final String NOTIFY_CONTAINERS = PluginConfig.PREFIX + "notify-containers";
  static final String CONCURRENCY = PluginConfig.PREFIX + "launcher-concurrency";
  static final String TIMEOUT_MILLIS = PluginConfig.PREFIX + "launcher-timeout-ms";
  private static final Logger LOG = LoggerFactory.getLogger(DormouseAuxiliaryService.class);

  private String socket = "";
  private boolean notifyContainers;
  private @Nullable AgentNotifier notifier;
  private @Nullable NodeIdentity identity;

  /** Made by the NodeManager. */
  public DormouseAuxiliaryService() {
    super(NAME);
  }

  @Override
  protected void serviceInit(Configuration conf) throws Exception {
    String[] launcher = conf.getTrimmedStrings(LAUNCHER);
    socket = conf.getTrimmed(AGENT_SOCKET, "");
    if (launcher.length == 0 || socket.isEmpty()) {
      LOG.warn("The agent is told nothing: {} or {} is not set.", LAUNCHER, AGENT_SOCKET);
    } else {
      int concurrency = Math.max(1, conf.getInt(CONCURRENCY, 1));
      long timeout = Math.max(1, conf.getInt(TIMEOUT_MILLIS, 5_000));
      notifyContainers = conf.getBoolean(NOTIFY_CONTAINERS, true);
      notifier = new AgentNotifier(Arrays.asList(launcher), concurrency, timeout);
    }
    super.serviceInit(conf);
  }

  @Override
  protected void serviceStart() throws Exception {
    String node = notifier == null ? "" : NodeIdentity.of(getConfig());
    if (notifier != null && !node.isEmpty()) {
      identity = new NodeIdentity(notifier, socket, node);
      identity.start();
    }
    super.serviceStart();
  }

  @Override
  protected void serviceStop() throws Exception {
    if (identity != null) {
      identity.close();
    }
    if (notifier != null) {
      notifier.close();
    }
    super.serviceStop();
  }

  @Override
  public void initializeContainer(ContainerInitializationContext context) {
    send("started", context);
  }

  @Override
  public void stopContainer(ContainerTerminationContext context) {
    send("stopped", context);
  }

  @Override
  public void initializeApplication(ApplicationInitializationContext context) {
    LOG.debug("Application {} begins here.", context.getApplicationId());
  }

  @Override
  public void stopApplication(ApplicationTerminationContext context) {
    LOG.debug("Application {} ends here.", context.getApplicationId());
  }

  @Override
  public ByteBuffer getMetaData() {
    return ByteBuffer.allocate(0);
  }

  private void send(String event, ContainerContext context) {
    if (notifier != null && notifyContainers) {
      String container = context.getContainerId().toString();
      notifier.send("notify", "--agent", socket, "--container", container, "--event", event);
    }
  }
}
