package io.dormouse.checkpoint.agent;

import io.dormouse.checkpoint.images.ImageId;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Which copies are on fast storage, and how much of it is promised. Thread-safe. */
final class FastShelf {
  private final long capacityBytes;

  /** Bytes of each; also of what is being written. */
  private final Map<ImageId, Long> sizes = new LinkedHashMap<>();

  private final Set<ImageId> unfinished = new HashSet<>();

  /** Those that somebody looks at, or removes. */
  private final Set<ImageId> taken = new HashSet<>();

  FastShelf(long capacityBytes) {
    this.capacityBytes = capacityBytes;
  }

  /** What became of asking for room. */
  sealed interface Reservation {}

  /** There is a copy already. */
  record Here(long bytes) implements Reservation {}

  /** Somebody writes it. */
  record Begun() implements Reservation {}

  /** There is not enough room. */
  record Full(long freeBytes) implements Reservation {}

  /**
   * There is room; to be {@link #finished}.
   *
   * @param older the copy that is to be made into it, and is none any more
   */
  record Reserved(Optional<ImageId> older) implements Reservation {}

  /** One that an earlier agent left. */
  synchronized void add(ImageId id, long bytes) {
    sizes.put(id, bytes);
  }

  /**
   * Asks for room. An older copy of the instance gives way.
   *
   * @param usableBytes of the file system
   * @param inUse of an instance's copies those that have to stay
   */
  synchronized Reservation reserve(
      ImageId id, long bytes, long usableBytes, Predicate<ImageId> inUse) {
    Long here = sizes.get(id);
    if (here != null) {
      return unfinished.contains(id) ? new Begun() : new Here(here);
    }
    Optional<ImageId> older = older(id, inUse);
    long reused = older.map(sizes::get).orElse(0L);
    long free = capacityBytes - used();
    if (bytes - reused > Math.min(free, usableBytes)) {
      return new Full(free);
    }
    older.ifPresent(sizes::remove);
    sizes.put(id, bytes);
    unfinished.add(id);
    return new Reserved(older);
  }

  /** The newest other copy of the instance that may go. */
  private Optional<ImageId> older(ImageId id, Predicate<ImageId> inUse) {
    return sizes.keySet().stream()
        .filter(other -> other.instance().equals(id.instance()))
        .filter(other -> isFree(other) && !inUse.test(other))
        .reduce((first, second) -> second);
  }

  /** The copy that room was reserved for is written, or never will be. */
  synchronized void finished(ImageId id, boolean kept) {
    unfinished.remove(id);
    if (!kept) {
      sizes.remove(id);
    }
  }

  private boolean isFree(ImageId id) {
    return !unfinished.contains(id) && !taken.contains(id);
  }

  /** Takes one that nobody writes or has; it can't go until it is given back. */
  synchronized boolean take(ImageId id) {
    return sizes.containsKey(id) && isFree(id) && taken.add(id);
  }

  /** One that was taken may be taken again. */
  synchronized void giveBack(ImageId id) {
    taken.remove(id);
  }

  /** One that was taken is none any more. */
  synchronized void remove(ImageId id) {
    taken.remove(id);
    sizes.remove(id);
  }

  synchronized List<ImageId> ids() {
    return List.copyOf(sizes.keySet());
  }

  /** What copies take, and what is promised to those being written. */
  synchronized long used() {
    return sizes.values().stream().mapToLong(Long::longValue).sum();
  }
}
