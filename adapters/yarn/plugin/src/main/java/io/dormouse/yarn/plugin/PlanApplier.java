package io.dormouse.yarn.plugin;

import java.util.EnumSet;
import java.util.Set;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.server.resourcemanager.RMContext;
import org.apache.hadoop.yarn.server.resourcemanager.rmapp.RMApp;
import org.apache.hadoop.yarn.server.resourcemanager.rmapp.attempt.RMAppAttempt;
import org.apache.hadoop.yarn.server.resourcemanager.rmcontainer.RMContainer;
import org.apache.hadoop.yarn.server.resourcemanager.rmcontainer.RMContainerState;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.ResourceScheduler;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.event.ReleaseContainerEvent;

/**
 * Releases what a plan names. A plan is old by the time it arrives: a container that is gone, that
 * does not run yet, or that turns out to be an ApplicationMaster is left alone. RELEASE_CONTAINER
 * is what the Capacity, Fair and FIFO schedulers of Hadoop 3.3 to 3.5 all handle at once; marking
 * as killable would wait for a rival's demand under lazy preemption.
 */
final class PlanApplier {
  private static final Set<RMContainerState> RELEASABLE =
      EnumSet.of(RMContainerState.ACQUIRED, RMContainerState.RUNNING);

  private final RMContext context;
  private final ResourceScheduler scheduler;
  private final Counters counters;

  PlanApplier(RMContext context, ResourceScheduler scheduler, Counters counters) {
    this.context = context;
    this.scheduler = scheduler;
    this.counters = counters;
  }

  /** Applies a plan; how many containers it released. */
  int apply(ReleasePlan plan) {
    int released = 0;
    for (ContainerId id : plan.releases) {
      RMContainer container = scheduler.getRMContainer(id);
      if (container != null && RELEASABLE.contains(container.getState()) && !isMaster(id)) {
        context.getDispatcher().getEventHandler().handle(new ReleaseContainerEvent(container));
        released++;
      }
    }
    counters.plansApplied.incrementAndGet();
    counters.containersReleased.addAndGet(released);
    return released;
  }

  private boolean isMaster(ContainerId id) {
    RMApp app = context.getRMApps().get(id.getApplicationAttemptId().getApplicationId());
    RMAppAttempt attempt = app == null ? null : app.getCurrentAppAttempt();
    return attempt == null
        || attempt.getMasterContainer() == null
        || attempt.getMasterContainer().getId().equals(id);
  }
}
