package io.dormouse.controller.machine;

import io.dormouse.engine.model.InstanceId;

/**
 * What others reach over the network, and one instance answers for.
 *
 * @param name unique in its cell
 * @param instance which answers
 * @param port where it listens, at whatever node it is
 */
public record Service(String name, InstanceId instance, int port) {
  /** Checks the port. */
  public Service {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "The port (%d) of the service (%s) must be from 1 to 65535.%nMaybe a digit is too many."
              .formatted(port, name));
    }
  }
}
