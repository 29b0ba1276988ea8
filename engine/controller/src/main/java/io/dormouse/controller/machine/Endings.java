package io.dormouse.controller.machine;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/** What to do when the scheduler says that an instance has ended. */
final class Endings {
  private static final String REASON = "its scheduler ended it";

  private final Registry registry;
  private final Executor executor;
  private final ClusterOverlay cluster;
  private final Set<InstanceId> duringAction = new HashSet<>();

  Endings(Registry registry, Executor executor, ClusterOverlay cluster) {
    this.registry = registry;
    this.executor = executor;
    this.cluster = cluster;
  }

  void clear() {
    duringAction.clear();
  }

  /**
   * An instance with an action is left to the action: a command may be under way to it. Of one that
   * is being woken, just the new launcher may have ended.
   */
  void schedulerSays(InstanceId instance, Instant now) {
    executor.of(instance).ifPresentOrElse(run -> during(run, instance), () -> end(instance, now));
  }

  void actionEnded(Intent intent, Instant now) {
    intent
        .instance()
        .filter(duringAction::remove)
        .filter(instance -> cluster.reported(instance).isEmpty())
        .filter(instance -> !stillHasImage(intent, instance))
        .ifPresent(instance -> end(instance, now));
  }

  /** Whether the scheduler said so while an action was under way, which still is. */
  boolean wasReported(InstanceId instance) {
    return duringAction.contains(instance) && cluster.reported(instance).isEmpty();
  }

  private void during(Run run, InstanceId instance) {
    duringAction.add(instance);
    if (run.intent().step() == Step.AWAIT_LAUNCHER) {
      run.launcherGone();
    }
  }

  private boolean stillHasImage(Intent intent, InstanceId instance) {
    return intent.kind() == Kind.WAKE
        && registry
            .find(instance)
            .map(record -> record.level() == HibernationLevel.L3_FULL_SNAPSHOT)
            .orElse(false);
  }

  private void end(InstanceId instance, Instant now) {
    registry
        .find(instance)
        .filter(record -> record.level() != HibernationLevel.TERMINATED)
        .ifPresent(record -> registry.write(record.ended(REASON, now)));
  }
}
