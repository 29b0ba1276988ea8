package io.dormouse.controller.machine;

import com.google.common.collect.ImmutableList;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.spi.Epoch;

/**
 * Durable state that is guarded by leadership: intents, the instance registry, and whether the cell
 * is paused. No method blocks.
 */
public interface Coordination {
  /**
   * Writes changes together or not at all, in the order of the calls, retrying until they are
   * durable ({@link Input.Written}) or refused ({@link Input.Fenced}). After a loss of leadership
   * nothing may come back.
   *
   * @param epoch the leadership that writes; a write of any but the one that is held is refused
   * @param ticket names the write in its answer
   */
  void write(Epoch epoch, long ticket, ImmutableList<Change> changes);

  /** Gives leadership up, if it is held; another may be elected. */
  void resign(String reason);

  /** One change. */
  sealed interface Change {
    /** Stores an intent, replacing the one of the same id. */
    record PutIntent(Intent intent) implements Change {}

    /** Removes an intent. */
    record RemoveIntent(String id) implements Change {}

    /** Stores a registry entry, replacing the instance's. */
    record PutRecord(InstanceRecord record) implements Change {}

    /** Removes a registry entry. */
    record RemoveRecord(InstanceId id) implements Change {}

    /** Whether an operator has paused the cell, whoever leads it. */
    record SetPaused(boolean paused) implements Change {}

    /** Registers where a service is, replacing where it was. */
    record PutPlacement(Placement placement) implements Change {}
  }
}
