package io.dormouse.engine.plan;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.WorkloadClassId;
import java.util.Optional;

/** What the engine can have done. Each new capability adds its actions here. */
public sealed interface Action {

  /** The name that reports and intents use. */
  String name();

  /** The instance that it is done to; empty where it makes one. */
  Optional<InstanceId> subject();

  /**
   * Take an idle instance down to a level.
   *
   * @param instance which
   * @param from the level it is at
   * @param to the level it goes to; TERMINATED ends it for good, and its image with it
   */
  record Hibernate(InstanceId instance, HibernationLevel from, HibernationLevel to)
      implements Action {
    @Override
    public String name() {
      return "hibernate";
    }

    @Override
    public Optional<InstanceId> subject() {
      return Optional.of(instance);
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

    @Override
    public Optional<InstanceId> subject() {
      return Optional.of(instance);
    }
  }

  /**
   * Move an idle instance to another node, where it goes on as it was.
   *
   * @param instance which
   * @param to the node
   */
  record Move(InstanceId instance, NodeId to) implements Action {
    @Override
    public String name() {
      return "move";
    }

    @Override
    public Optional<InstanceId> subject() {
      return Optional.of(instance);
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

    @Override
    public Optional<InstanceId> subject() {
      return Optional.empty();
    }
  }
}
