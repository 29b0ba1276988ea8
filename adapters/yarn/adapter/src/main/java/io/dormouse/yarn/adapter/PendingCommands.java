package io.dormouse.yarn.adapter;

import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerCommand;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Commands without an answer; the pool makes a repeated request id harmless, so they are sent
 * again. Bounded. Not thread-safe.
 */
final class PendingCommands {
  private static final int MAX = 10_000;
  private static final Duration AGAIN_AFTER = Duration.ofSeconds(5);
  private static final Duration GIVEN_UP_AFTER = Duration.ofMinutes(1);

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /** Whether there was room. */
  boolean add(Epoch epoch, SchedulerCommand command, Instant now) {
    if (entries.size() >= MAX) {
      return false;
    }
    entries.put(command.requestId(), new Entry(epoch, command, now));
    return true;
  }

  /** Whether it was pending. */
  boolean remove(String requestId) {
    return entries.remove(requestId) != null;
  }

  List<Entry> all() {
    return List.copyOf(entries.values());
  }

  List<Entry> unanswered(Instant now) {
    return entries.values().stream().filter(entry -> entry.isOlder(AGAIN_AFTER, now)).toList();
  }

  /** Removes what is too old to be waited for. */
  List<String> expired(Instant now) {
    List<String> old =
        entries.values().stream()
            .filter(entry -> entry.isOlder(GIVEN_UP_AFTER, now))
            .map(entry -> entry.command().requestId())
            .toList();
    old.forEach(entries::remove);
    return old;
  }

  /** A command, when it was given, and by whom. */
  record Entry(Epoch epoch, SchedulerCommand command, Instant since) {
    private boolean isOlder(Duration age, Instant now) {
      return Duration.between(since, now).compareTo(age) >= 0;
    }
  }
}
