package io.dormouse.controller.machine;

import io.dormouse.engine.model.NodeId;
import java.util.Optional;

/** What became of a wish at once. */
public sealed interface WishAnswer {
  /**
   * It has begun, or would.
   *
   * @param decision what says how it goes on; empty where nothing was done
   * @param to the node, as the scheduler calls it
   */
  record Begun(Optional<String> decision, NodeId to) implements WishAnswer {}

  /**
   * What it is about is not known.
   *
   * @param reason for people
   */
  record Unknown(String reason) implements WishAnswer {}

  /**
   * Something stands against it; nothing was done.
   *
   * @param reason for people
   */
  record Refused(String reason) implements WishAnswer {}
}
