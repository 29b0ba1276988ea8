package io.dormouse.controller.machine;

import io.dormouse.engine.model.InstanceId;
import java.util.Optional;

/** Names that agents say: checked before they are believed. */
final class Names {
  private Names() {}

  /** The instance id, unless it is malformed. */
  static Optional<InstanceId> instance(String name) {
    try {
      return Optional.of(new InstanceId(name));
    } catch (IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }
}
