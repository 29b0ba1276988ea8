package io.dormouse.engine.plan;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.WorkloadClassId;

/** What the engine can have done. Each new capability adds its actions here. */
public sealed interface Action {

  /** The name that reports and intents use. */
  String name();

  /**
   * Take an idle instance down to a level.
   *
   * @param instance which
   * @param from the level it is at
   * @param to the level it goes to
   */
  record Hibernate(InstanceId instance, HibernationLevel from, HibernationLevel to)
      implements Action {
    @Override
    public String name() {
      return "hibernate";
    }
  }

  /**
   * Bring a hibernated instance back.
   *
   * @param instance which
   * @param from the level it is at
   */
  record Wake(InstanceId instance, HibernationLevel from) implements Action {
    @Override
    public String name() {
      return "wake";
    }
  }

  /**
   * Start a fresh instance.
   *
   * @param workloadClass of which class
   */
  record Start(WorkloadClassId workloadClass) implements Action {
    @Override
    public String name() {
      return "start";
    }
  }
}
