package io.dormouse.yarn.adapter;

import io.dormouse.engine.spi.Epoch;
import io.dormouse.yarn.warmpool.proto.InstanceState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Containers that should be gone, as their instance is hibernated, and that the ResourceManager
 * still shows after a grace: it is told to release them. Not thread-safe.
 */
final class LingeringContainers {
  private static final int REMEMBERED_MAX = 10_000;
  private static final int VALID_MILLIS = 10_000;

  private final Duration grace;
  private final Map<String, String> containerOf = new HashMap<>();
  private final Map<String, Instant> goneSince =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
          return size() > REMEMBERED_MAX;
        }
      };

  LingeringContainers(Duration grace) {
    this.grace = grace;
  }

  /** An instance changed. */
  void apply(InstanceState state, Instant now) {
    if (!state.getContainer().isEmpty()) {
      containerOf.put(state.getInstance(), state.getContainer());
      return;
    }
    String before = containerOf.remove(state.getInstance());
    if (before != null && state.getPhase().equals("HIBERNATED")) {
      goneSince.put(before, now);
    }
  }

  /** The plan as the plugin reads it; empty when nothing lingers. */
  Optional<String> plan(PluginView view, Epoch epoch, Instant now) {
    Set<String> shown = Set.copyOf(view.containers());
    if (!view.truncated()) {
      goneSince.keySet().retainAll(shown);
    }
    String releases =
        goneSince.entrySet().stream()
            .filter(entry -> shown.contains(entry.getKey()))
            .filter(entry -> !now.isBefore(entry.getValue().plus(grace)))
            .map(entry -> "release " + entry.getKey() + "\n")
            .collect(Collectors.joining());
    if (releases.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        "dormouse-plan 1\nepoch %d %d\nvalid-millis %d\n%send\n"
            .formatted(epoch.incarnation(), epoch.czxid(), VALID_MILLIS, releases));
  }
}
