package io.dormouse.engine;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.Interruptibility;
import io.dormouse.engine.model.Node;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.PoolId;
import io.dormouse.engine.model.QueuedTask;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClass;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Small clusters for tests: one class of half a GiB on nodes of 8 GiB. */
public final class Fixtures {
  public static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  public static final long GIB = 1L << 30;
  public static final WorkloadClassId CLASS = new WorkloadClassId("web");
  public static final Resources REQUEST = Resources.of(1_000, GIB / 2);

  private Fixtures() {}

  public static WorkloadClass workloadClass() {
    return new WorkloadClass(CLASS, REQUEST, Optional.of(Duration.ofSeconds(4)), Optional.empty());
  }

  public static Node node(String id, long freeBytes) {
    Resources capacity = Resources.of(16_000, 8 * GIB);
    return new Node(
        new NodeId(id), new PoolId("pool"), capacity, Resources.of(0, 8 * GIB - freeBytes), true);
  }

  public static Instance idle(String id, Duration idleFor) {
    return instance(id, InstancePhase.IDLE, HibernationLevel.AWAKE, idleFor);
  }

  public static Instance asleep(String id, HibernationLevel level, Duration since) {
    return instance(id, InstancePhase.HIBERNATED, level, since);
  }

  public static Instance instance(
      String id, InstancePhase phase, HibernationLevel level, Duration inPhaseFor) {
    boolean placed = level != HibernationLevel.L3_FULL_SNAPSHOT && phase != InstancePhase.STARTING;
    return new Instance(
        new InstanceId(id),
        CLASS,
        placed ? Optional.of(new NodeId("n1")) : Optional.empty(),
        phase,
        level,
        NOW.minus(inPhaseFor),
        placed ? REQUEST : Resources.NONE,
        GIB / 2,
        0.01,
        Interruptibility.IMMEDIATE);
  }

  public static Instance with(Instance instance, Interruptibility interruptibility) {
    return new Instance(
        instance.id(),
        instance.workloadClass(),
        instance.node(),
        instance.phase(),
        instance.level(),
        instance.phaseSince(),
        instance.allocated(),
        instance.residentBytes(),
        instance.idleCoreFraction(),
        interruptibility,
        instance.reachable());
  }

  public static QueuedTask task(String id) {
    return new QueuedTask(new TaskId(id), CLASS, NOW);
  }
}
