package io.dormouse.controller.machine;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is told to those who lead requests, and what is registered for others to watch. */
final class PlayedTraffic implements Traffic {
  final List<Service> services = new ArrayList<>();
  final Map<String, Placement> placements = new TreeMap<>();
  final List<ImmutableList<Placement>> directed = new ArrayList<>();

  void registered(Placement placement) {
    placements.put(placement.service().name(), placement);
  }

  @Override
  public ImmutableList<Service> services() {
    return ImmutableList.copyOf(services);
  }

  @Override
  public void direct(ImmutableList<Placement> wanted) {
    directed.add(wanted);
  }

  @Override
  public void stop() {
    directed.add(ImmutableList.of());
  }
}
