package io.dormouse.engine.spi;

import io.dormouse.engine.model.SnapshotDelta;

/** What an adapter tells its controller. */
public sealed interface SchedulerEvent {
  /**
   * The cluster changed.
   *
   * @param complete whether the delta is the whole cluster, replacing all that was known (first,
   *     and after a reconnect)
   */
  record ClusterChanged(SnapshotDelta delta, boolean complete) implements SchedulerEvent {}

  /**
   * A command was carried out. For {@code Allocate} and {@code Start}: the request is with the
   * scheduler.
   */
  record CommandDone(String requestId) implements SchedulerEvent {}

  /** A command was not carried out, and has left nothing behind. */
  record CommandRefused(String requestId, String reason) implements SchedulerEvent {}

  /** The scheduler can't be reached; nothing is known until the next complete change. */
  record Disconnected(String reason) implements SchedulerEvent {}
}
