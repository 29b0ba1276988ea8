package io.dormouse.yarn.plugin;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.server.api.ApplicationInitializationContext;
import org.apache.hadoop.yarn.server.api.ApplicationTerminationContext;
import org.apache.hadoop.yarn.server.api.AuxiliaryService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The NodeManager's side: tells the node's agent under which name YARN knows the node. To be named
 * in {@code yarn.nodemanager.aux-services} as {@code dormouse}. Nothing that goes wrong here
 * reaches a container.
 */
public final class DormouseAuxiliaryService extends AuxiliaryService {
  static final String NAME = "dormouse";
  static final String LAUNCHER = PluginConfig.PREFIX + "launcher";
  static final String AGENT_SOCKET = PluginConfig.PREFIX + "agent-socket";
  static final String TIMEOUT_MILLIS = PluginConfig.PREFIX + "launcher-timeout-ms";
  private static final Logger LOG = LoggerFactory.getLogger(DormouseAuxiliaryService.class);

  private @Nullable NodeIdentity identity;

  /** Made by the NodeManager. */
  public DormouseAuxiliaryService() {
    super(NAME);
  }

  @Override
  protected void serviceStart() throws Exception {
    Configuration conf = getConfig();
    String[] launcher = conf.getTrimmedStrings(LAUNCHER);
    String socket = conf.getTrimmed(AGENT_SOCKET, "");
    if (launcher.length == 0 || socket.isEmpty()) {
      LOG.warn("The agent is told nothing: {} or {} is not set.", LAUNCHER, AGENT_SOCKET);
      super.serviceStart();
      return;
    }
    String node = NodeIdentity.of(conf);
    if (!node.isEmpty()) {
      long timeout = Math.max(1, conf.getInt(TIMEOUT_MILLIS, 5_000));
      identity = new NodeIdentity(new AgentClient(Arrays.asList(launcher), timeout), socket, node);
      identity.start();
    }
    super.serviceStart();
  }

  @Override
  protected void serviceStop() throws Exception {
    if (identity != null) {
      identity.close();
    }
    super.serviceStop();
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
}
