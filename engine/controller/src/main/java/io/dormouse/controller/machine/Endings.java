package io.dormouse.controller.machine;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What to do when the scheduler says that an instance has ended. */
final class Endings {
  private static final Logger LOG = LoggerFactory.getLogger(Endings.class);
  private static final String LOST = "instance={} state={} decision={} reason=\"{}\"";
  private static final String REASON = "its scheduler ended it";

  private final Registry registry;
  private final Executor executor;
  private final ClusterOverlay cluster;
  private final Set<InstanceId> duringAction = new HashSet<>();
  private final Set<InstanceId> unasked = new HashSet<>();

  Endings(Registry registry, Executor executor, ClusterOverlay cluster) {
    this.registry = registry;
    this.executor = executor;
    this.cluster = cluster;
  }

  void clear() {
    duringAction.clear();
    unasked.clear();
  }

  /**
   * An instance with an action is left to the action: a command may be under way to it. Of one that
   * is being woken, just the new launcher may have ended.
   */
  void schedulerSays(InstanceId instance, Instant now) {
    executor.of(instance).ifPresentOrElse(run -> during(run, instance), () -> end(instance, now));
  }

  void actionEnded(Intent intent, Instant now) {
    intent.instance().ifPresent(unasked::remove);
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

  /**
   * Tells people that an instance could not be brought back; whether that is a loss. Where its
   * scheduler had ended it before it was asked to, as with an application that ends, it is none.
   */
  boolean isLoss(Run run, String reason) {
    InstanceId instance = run.intent().instanceOrFail();
    boolean ended = unasked.contains(instance) || run.wasRefused();
    if (ended && cluster.reported(instance).isEmpty()) {
      LOG.info(LOST, instance, "ended", run.intent().decision(), reason);
      return false;
    }
    LOG.error(LOST, instance, "lost", run.intent().decision(), reason);
    return true;
  }

  private void during(Run run, InstanceId instance) {
    duringAction.add(instance);
    if (!endsIt(run.intent().step())) {
      unasked.add(instance);
    }
    if (run.intent().step() == Step.AWAIT_LAUNCHER) {
      run.launcherGone();
    }
  }

  private static boolean endsIt(Step step) {
    return step == Step.ABORT_COPY || step == Step.END_PROCESS || step == Step.END_INSTANCE;
  }

  private boolean stillHasImage(Intent intent, InstanceId instance) {
    return intent.kind() == Kind.WAKE
        && registry.find(instance).map(InstanceRecord::isImaged).orElse(false);
  }

  private void end(InstanceId instance, Instant now) {
    registry
        .find(instance)
        .filter(record -> record.level() != HibernationLevel.TERMINATED)
        .ifPresent(record -> registry.write(record.ended(REASON, now)));
  }
}
