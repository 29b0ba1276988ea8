package io.dormouse.yarn.plugin;

import io.dormouse.yarn.plugin.ClusterView.Amount;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.server.resourcemanager.RMContext;
import org.apache.hadoop.yarn.server.resourcemanager.rmapp.RMApp;
import org.apache.hadoop.yarn.server.resourcemanager.rmapp.attempt.RMAppAttempt;
import org.apache.hadoop.yarn.server.resourcemanager.rmcontainer.RMContainer;
import org.apache.hadoop.yarn.server.resourcemanager.rmnode.RMNode;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.AbstractYarnScheduler;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.ResourceScheduler;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.SchedulerAppReport;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.SchedulerApplicationAttempt;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.SchedulerNodeReport;

/**
 * Copies what the ResourceManager knows. Uses only calls that Hadoop 3.3, 3.4 and 3.5 share, each
 * of which takes at most a short read lock.
 */
final class ClusterViewReader {
  private static final long BYTES_PER_MEBIBYTE = 1L << 20;

  private final RMContext context;
  private final ResourceScheduler scheduler;
  private final int rowsMax;

  ClusterViewReader(RMContext context, ResourceScheduler scheduler, int rowsMax) {
    this.context = context;
    this.scheduler = scheduler;
    this.rowsMax = rowsMax;
  }

  /** The cluster now. */
  ClusterView read() {
    Rows rows = new Rows(rowsMax);
    for (RMNode node : context.getRMNodes().values()) {
      rows.add(nodeRow(node));
    }
    for (RMApp app : context.getRMApps().values()) {
      if (!app.isAppInCompletedStates()) {
        readApp(app, rows);
      }
    }
    return new ClusterView(System.currentTimeMillis(), rows);
  }

  private ClusterView.NodeRow nodeRow(RMNode node) {
    SchedulerNodeReport report = scheduler.getNodeReport(node.getNodeID());
    Amount used = report == null ? Amount.NONE : amount(report.getUsedResource());
    return new ClusterView.NodeRow(
        node.getNodeID().toString(),
        node.getState().name(),
        amount(node.getTotalCapability()),
        used);
  }

  private void readApp(RMApp app, Rows rows) {
    RMAppAttempt attempt = app.getCurrentAppAttempt();
    if (attempt == null) {
      return;
    }
    ApplicationAttemptId id = attempt.getAppAttemptId();
    rows.add(
        new ClusterView.AppRow(
            app.getApplicationId().toString(), app.getApplicationType(), pending(id)));
    SchedulerAppReport report = scheduler.getSchedulerAppInfo(id);
    if (report != null) {
      for (RMContainer container : report.getLiveContainers()) {
        rows.add(container.getContainerId().toString());
      }
    }
  }

  private Amount pending(ApplicationAttemptId id) {
    if (!(scheduler instanceof AbstractYarnScheduler)) {
      return Amount.NONE;
    }
    SchedulerApplicationAttempt attempt =
        ((AbstractYarnScheduler<?, ?>) scheduler).getApplicationAttempt(id);
    return attempt == null
        ? Amount.NONE
        : amount(attempt.getAppAttemptResourceUsage().getPending());
  }

  private static Amount amount(Resource resource) {
    return new Amount(resource.getMemorySize() * BYTES_PER_MEBIBYTE, resource.getVirtualCores());
  }
}
