package io.dormouse.controller.machine;

import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import java.util.Optional;

/**
 * A move that an operator wants.
 *
 * @param instance which
 * @param to the node, as the scheduler or this cell calls it; empty for any that can take it
 * @param reason the operator's, for people
 * @param dryRun whether only to say what would be done
 */
public record MoveWish(InstanceId instance, Optional<NodeId> to, String reason, boolean dryRun) {}
