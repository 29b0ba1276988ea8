package io.dormouse.yarn.adapter;

import io.dormouse.yarn.warmpool.ApplicationMaster;
import java.io.IOException;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;

/** Finds the running warm pool at the ResourceManager. Blocks; used by one thread. */
final class PoolFinder implements AutoCloseable {
  private static final EnumSet<YarnApplicationState> UNFINISHED =
      EnumSet.complementOf(
          EnumSet.of(
              YarnApplicationState.FINISHED,
              YarnApplicationState.FAILED,
              YarnApplicationState.KILLED));

  private final YarnClient client = YarnClient.createYarnClient();

  PoolFinder(String resourceManager) {
    YarnConfiguration conf = new YarnConfiguration();
    conf.set(YarnConfiguration.RM_ADDRESS, resourceManager);
    conf.setInt("ipc.client.connect.max.retries", 1);
    conf.setInt("ipc.client.connect.timeout", 2_000);
    conf.setInt("ipc.client.rpc-timeout.ms", 5_000);
    conf.setLong(YarnConfiguration.RESOURCEMANAGER_CONNECT_MAX_WAIT_MS, 2_000);
    conf.setLong(YarnConfiguration.RESOURCEMANAGER_CONNECT_RETRY_INTERVAL_MS, 500);
    client.init(conf);
    client.start();
  }

  /** The newest warm pool that has told where it listens. */
  Optional<Place> find() throws IOException, YarnException {
    return client
        .getApplications(
            Set.of(ApplicationMaster.APPLICATION_TYPE), EnumSet.of(YarnApplicationState.RUNNING))
        .stream()
        .filter(report -> report.getRpcPort() > 0)
        .max(Comparator.comparing(ApplicationReport::getApplicationId))
        .map(report -> new Place(report.getHost(), report.getRpcPort()));
  }

  /** Whether no warm pool runs, starts, or is being started again: then there is no instance. */
  boolean isEmpty() throws IOException, YarnException {
    return client.getApplications(Set.of(ApplicationMaster.APPLICATION_TYPE), UNFINISHED).isEmpty();
  }

  @Override
  public void close() {
    client.stop();
  }

  /** Where a pool listens. */
  record Place(String host, int port) {}
}
