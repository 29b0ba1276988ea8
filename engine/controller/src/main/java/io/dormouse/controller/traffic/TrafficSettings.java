package io.dormouse.controller.traffic;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.dormouse.controller.machine.Service;
import java.time.Duration;

/**
 * What an operator may choose about traffic.
 *
 * @param services the cell's
 * @param servers what they are in HAProxy's configuration, by name of the service; a service that
 *     is not behind HAProxy has none
 * @param haproxies runtime APIs of all that have these servers
 * @param timeout for a change at one HAProxy
 * @param check how often it is looked whether they still have it so
 */
public record TrafficSettings(
    ImmutableList<Service> services,
    ImmutableMap<String, ServerName> servers,
    ImmutableList<RuntimeAddress> haproxies,
    Duration timeout,
    Duration check) {
  /** For a cell without services. */
  public static final TrafficSettings NONE =
      new TrafficSettings(
          ImmutableList.of(),
          ImmutableMap.of(),
          ImmutableList.of(),
          Duration.ofSeconds(2),
          Duration.ofSeconds(10));
}
