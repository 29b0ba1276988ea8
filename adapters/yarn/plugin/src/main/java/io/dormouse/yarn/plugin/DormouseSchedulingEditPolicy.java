package io.dormouse.yarn.plugin;

import java.net.URL;
import javax.management.JMException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.server.resourcemanager.RMContext;
import org.apache.hadoop.yarn.server.resourcemanager.monitor.SchedulingEditPolicy;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.ResourceScheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the controller what the ResourceManager knows, and releases what the controller has
 * hibernated. To be named in {@code yarn.resourcemanager.scheduler.monitor.policies}. The
 * scheduler's thread neither blocks nor touches the network here; without a controller, or without
 * {@code dormouse.yarn.endpoint}, scheduling is as stock.
 */
public final class DormouseSchedulingEditPolicy implements SchedulingEditPolicy {
  private static final Logger LOG = LoggerFactory.getLogger(DormouseSchedulingEditPolicy.class);

  private final QuietLog quiet = new QuietLog(LOG);
  private int intervalMillis = 1_000;
  private @Nullable Parts parts;

  @Override
  public void init(Configuration config, RMContext context, ResourceScheduler scheduler) {
    PluginConfig parsed;
    try {
      parsed = PluginConfig.from(config);
    } catch (IllegalArgumentException e) {
      LOG.error("Dormouse is off, as its configuration is bad.", e);
      return;
    }
    intervalMillis = parsed.intervalMillis;
    URL endpoint = parsed.endpoint;
    if (endpoint == null) {
      LOG.warn("Dormouse is off: {} is not set.", PluginConfig.ENDPOINT);
      return;
    }
    Counters counters = new Counters();
    try {
      counters.show();
    } catch (JMException e) {
      LOG.warn("JMX does not show what Dormouse does here.", e);
    }
    parts =
        new Parts(
            new ClusterViewReader(context, scheduler, parsed.rowsMax),
            new PlanApplier(context, scheduler, counters),
            new SnapshotPublisher(new PlanClient(endpoint, parsed), parsed, counters));
  }

  @Override
  public void editSchedule() {
    Parts current = parts;
    if (current == null) {
      return;
    }
    try {
      ReleasePlan plan = current.publisher.takePlan();
      if (plan != null) {
        current.applier.apply(plan);
      }
      current.publisher.offer(current.reader.read());
    } catch (RuntimeException e) {
      quiet.warn("This beat of Dormouse is skipped.", e);
    }
  }

  @Override
  public long getMonitoringInterval() {
    return intervalMillis;
  }

  @Override
  public String getPolicyName() {
    return "DormouseSchedulingEditPolicy";
  }

  private static final class Parts {
    final ClusterViewReader reader;
    final PlanApplier applier;
    final SnapshotPublisher publisher;

    Parts(ClusterViewReader reader, PlanApplier applier, SnapshotPublisher publisher) {
      this.reader = reader;
      this.applier = applier;
      this.publisher = publisher;
    }
  }
}
