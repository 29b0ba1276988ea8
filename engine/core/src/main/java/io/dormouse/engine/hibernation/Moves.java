package io.dormouse.engine.hibernation;

import io.dormouse.engine.explain.Term;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.Money;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.WorkloadClass;
import java.util.Optional;

/** What moves between levels have in common. */
final class Moves {
  private Moves() {}

  /** What a wake needs from the scheduler: nothing where the allocation was kept. */
  static Resources needs(WorkloadClass workloadClass, Instance instance) {
    return instance.allocated().memoryBytes() > 0 ? Resources.NONE : workloadClass.request();
  }

  /** The node whose disk or network a move to or from {@code level} loads. */
  static Optional<NodeId> imageNode(Instance instance, HibernationLevel level) {
    return switch (level) {
      case AWAKE, L1_RETAINED, TERMINATED -> Optional.empty();
      case L2_DATA_SNAPSHOT, L3_FULL_SNAPSHOT, L4_KERNEL_SNAPSHOT -> instance.node();
    };
  }

  static Term benefit(String name, double usd) {
    return new Term(name, new Money(usd));
  }

  static Term cost(String name, double usd) {
    return new Term(name, new Money(0 - usd));
  }
}
