package io.dormouse.yarn.warmpool;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Instant;
import java.util.Optional;

/**
 * One instance as the pool sees it.
 *
 * @param at when it entered its phase
 * @param level where it is between running and gone; where it comes from while WAKING
 * @param container what it holds; empty when it holds nothing
 * @param reason why it changed, for people
 */
public record InstanceView(
    Instant at,
    InstanceId id,
    WorkloadClassId workloadClass,
    InstancePhase phase,
    HibernationLevel level,
    Optional<ContainerRef> container,
    String reason) {}
