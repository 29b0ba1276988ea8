package io.dormouse.checkpoint.agent;

import java.util.HashMap;
import java.util.Map;

/** Counts connections, in all and per user. Thread-safe. */
final class ConnectionLimits {
  private final int max;
  private final int maxPerUser;
  private final Map<Long, Integer> perUser = new HashMap<>();
  private int all;

  ConnectionLimits(int max, int maxPerUser) {
    this.max = max;
    this.maxPerUser = maxPerUser;
  }

  synchronized boolean enter(long uid) {
    int mine = perUser.getOrDefault(uid, 0);
    if (all >= max || mine >= maxPerUser) {
      return false;
    }
    all++;
    perUser.put(uid, mine + 1);
    return true;
  }

  synchronized void leave(long uid) {
    all--;
    perUser.computeIfPresent(uid, (user, count) -> count == 1 ? null : count - 1);
  }
}
