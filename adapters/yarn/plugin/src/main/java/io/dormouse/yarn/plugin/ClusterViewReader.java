package io.dormouse.yarn.plugin;

import io.dormouse.yarn.plugin.ClusterView.Amount;
import java.io.IOException;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.QueueInfo;
import org.apache.hadoop.yarn.api.records.QueueStatistics;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.server.resourcemanager.RMContext;
import org.apache.hadoop.yarn.server.resourcemanager.ResourceManager;
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
  private long sequence;

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
    readQueues(rows);
    for (RMApp app : context.getRMApps().values()) {
      if (!app.isAppInCompletedStates()) {
        readApp(app, rows);
      }
    }
    return new ClusterView(
        new ClusterView.Head(
            ResourceManager.getClusterTimeStamp(), ++sequence, System.currentTimeMillis()),
        rows);
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

  private void readQueues(Rows rows) {
    try {
      addQueue(scheduler.getQueueInfo("root", true, true), rows);
    } catch (IOException e) {
      throw new IllegalStateException("The scheduler has no queue named root.", e);
    }
  }

  private static void addQueue(QueueInfo queue, Rows rows) {
    QueueStatistics statistics = queue.getQueueStatistics();
    if (statistics != null) {
      Amount pending =
          new Amount(
              statistics.getPendingMemoryMB() * BYTES_PER_MEBIBYTE, statistics.getPendingVCores());
      rows.add(
          new ClusterView.QueueRow(
              queue.getQueueName(), pending, statistics.getPendingContainers()));
    }
    for (QueueInfo child : queue.getChildQueues()) {
      addQueue(child, rows);
    }
  }

  private void readApp(RMApp app, Rows rows) {
    RMAppAttempt attempt = app.getCurrentAppAttempt();
    Amount pending = attempt == null ? Amount.NONE : pending(attempt.getAppAttemptId());
    String[] labels = {
      app.getApplicationType(), app.getUser(), app.getQueue(), app.getState().name()
    };
    rows.add(new ClusterView.AppRow(app.getApplicationId().toString(), labels, pending));
    SchedulerAppReport report =
        attempt == null ? null : scheduler.getSchedulerAppInfo(attempt.getAppAttemptId());
    if (report == null) {
      return;
    }
    for (RMContainer container : report.getLiveContainers()) {
      readContainer(container, attempt.getMasterContainer(), rows);
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

  private static void readContainer(
      RMContainer container,
      org.apache.hadoop.yarn.api.records.@org.jspecify.annotations.Nullable Container master,
      Rows rows) {
    String[] labels = {
      container.getContainerId().toString(),
      container.getAllocatedNode().toString(),
      container.getState().name()
    };
    rows.add(
        new ClusterView.ContainerRow(
            labels,
            master != null && master.getId().equals(container.getContainerId()),
            container.getAllocatedPriority().getPriority(),
            amount(container.getAllocatedResource())));
  }

  private static Amount amount(Resource resource) {
    return new Amount(resource.getMemorySize() * BYTES_PER_MEBIBYTE, resource.getVirtualCores());
  }
}
