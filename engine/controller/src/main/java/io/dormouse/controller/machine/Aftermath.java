package io.dormouse.controller.machine;

import io.dormouse.engine.spi.Epoch;
import java.util.Locale;
import java.util.Optional;

/** What follows when an action has ended, however it did. Owned by the state machine. */
final class Aftermath {
  private final Seams seams;
  private final ClusterOverlay cluster;
  private final Launches launches;
  private final Endings endings;
  private final Tally tally;

  Aftermath(Seams seams, ClusterOverlay cluster, Launches launches, Endings endings, Tally tally) {
    this.seams = seams;
    this.cluster = cluster;
    this.launches = launches;
    this.endings = endings;
    this.tally = tally;
  }

  /** Tells the history and the engine, and begins what a failure calls for. */
  void ended(Executor.Ended end, Optional<Epoch> epoch) {
    Intent intent = end.run().intent();
    tally.count("actions_" + end.finish().result().name().toLowerCase(Locale.ROOT));
    ActionOutcome outcome =
        new ActionOutcome(
            intent,
            end.finish().result(),
            end.finish().reason(),
            end.now(),
            end.run().active(),
            end.run().imageBytes(),
            epoch.map(Epoch::toString).orElse(""));
    seams.history().ended(outcome);
    seams.decider().learn(outcome);
    intent.instance().ifPresent(cluster::touch);
    if (end.finish().result() != Result.DONE) {
      failed(end, intent);
    }
    endings.actionEnded(intent, end.now());
  }

  private void failed(Executor.Ended end, Intent intent) {
    intent.instance().ifPresent(instance -> launches.coolDown(instance, end.now()));
    if (intent.kind() == Kind.START) {
      cluster.dropPlaceholder(intent.id());
    }
    boolean lost =
        end.finish().result() == Result.LOST && endings.isLoss(end.run(), end.finish().reason());
    if (lost && !intent.isRecovery()) {
      launches.start(intent.decision(), intent.workloadClass(), end.now());
    }
  }
}
