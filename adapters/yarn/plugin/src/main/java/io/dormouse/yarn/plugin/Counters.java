package io.dormouse.yarn.plugin;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What the plugin did since it was loaded; part of each view. Thread-safe. */
final class Counters {
  final AtomicLong published = new AtomicLong();
  final AtomicLong publishFailures = new AtomicLong();
  final AtomicLong plansRefused = new AtomicLong();
  final AtomicLong plansExpired = new AtomicLong();
  final AtomicLong plansApplied = new AtomicLong();
  final AtomicLong containersReleased = new AtomicLong();

  Map<String, Long> values() {
    Map<String, Long> values = new LinkedHashMap<>();
    values.put("published", published.get());
    values.put("publishFailures", publishFailures.get());
    values.put("plansRefused", plansRefused.get());
    values.put("plansExpired", plansExpired.get());
    values.put("plansApplied", plansApplied.get());
    values.put("containersReleased", containersReleased.get());
    return values;
  }
}
