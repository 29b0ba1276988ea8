package io.dormouse.yarn.plugin;

import java.net.InetSocketAddress;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.net.NetUtils;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the node's agent under which name YARN knows the node, until the agent has heard it, and
 * again now and then, as the agent may have been replaced. Runs on a daemon thread of its own.
 */
final class NodeIdentity implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeIdentity.class);
  private static final long AGAIN_MILLIS = 300_000;
  private static final long PAUSE_FIRST_MILLIS = 1_000;
  private static final long PAUSE_MOST_MILLIS = 60_000;

  private final AgentClient agent;
  private final String socket;
  private final String node;
  private final Thread thread = new Thread(this::run, "dormouse-identity");

  NodeIdentity(AgentClient agent, String socket, String node) {
    this.agent = agent;
    this.socket = socket;
    this.node = node;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /**
   * YARN's name of this node, found as the NodeManager finds it.
   *
   * @return empty when the NodeManager's port is not fixed in its configuration
   */
  static String of(Configuration conf) {
    String address =
        conf.getTrimmed(YarnConfiguration.NM_ADDRESS, YarnConfiguration.DEFAULT_NM_ADDRESS);
    InetSocketAddress configured = NetUtils.createSocketAddr(address);
    if (configured.getPort() == 0) {
      LOG.warn("The agent is not told the node's name: {} has no port.", address);
      return "";
    }
    InetSocketAddress reachable = NetUtils.getConnectAddress(configured);
    return reachable.getAddress().getCanonicalHostName() + ":" + reachable.getPort();
  }

  private void run() {
    Backoff backoff = new Backoff(PAUSE_FIRST_MILLIS, PAUSE_MOST_MILLIS);
    try {
      while (true) {
        if (agent.tell("identity", "--agent", socket, "--scheduler", "yarn", "--node", node)) {
          backoff.succeeded();
          Thread.sleep(AGAIN_MILLIS);
        } else {
          Thread.sleep(backoff.failed());
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("The agent is told no more: the NodeManager ends.");
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
