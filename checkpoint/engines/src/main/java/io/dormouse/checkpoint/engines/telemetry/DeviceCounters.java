package io.dormouse.checkpoint.engines.telemetry;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sums counters of devices that come and go, so that the sum never falls: what a device had counted
 * stays in it when the device goes, or begins anew. Not thread-safe.
 */
final class DeviceCounters {
  private static final int REMEMBERED_MAX = 4_096;

  private final Map<String, Traffic> last = new LinkedHashMap<>(16, 0.75f, true);
  private Traffic before = Traffic.NONE;

  /** The sum, with what devices count now, by name. */
  Traffic add(Map<String, Traffic> now) {
    now.forEach(this::seen);
    while (last.size() > REMEMBERED_MAX) {
      String longestGone = last.keySet().iterator().next();
      before = before.plus(last.getOrDefault(longestGone, Traffic.NONE));
      last.remove(longestGone);
    }
    return last.values().stream().reduce(before, Traffic::plus);
  }

  private void seen(String device, Traffic traffic) {
    Traffic was = last.getOrDefault(device, Traffic.NONE);
    if (traffic.inBytes() < was.inBytes() || traffic.outBytes() < was.outBytes()) {
      before = before.plus(was);
    }
    last.put(device, traffic);
  }
}
