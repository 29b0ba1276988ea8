package io.dormouse.checkpoint.images.keys;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a new master key. Each step is one file that is written whole or not at all, and after each
 * every secret can be read:
 *
 * <ol>
 *   <li>The current master key is kept as an older one.
 *   <li>A new one takes its place.
 *   <li>Each domain's secret is wrapped under it.
 *   <li>The older ones are retired: their ids stay, their keys go.
 * </ol>
 *
 * <p>One that was broken off is taken up where it was.
 */
public final class KeyRotation {
  private final KeyRing ring;
  private final Masters masters;
  private final KeyLock lock;
  private final Steps steps;

  KeyRotation(KeyRing ring, Masters masters, KeyLock lock, Steps steps) {
    this.ring = ring;
    this.masters = masters;
    this.lock = lock;
    this.steps = steps;
  }

  /** Is told of each step just before it is taken. */
  interface Steps {
    void before(String step) throws IOException;
  }

  /**
   * What a rotation did, or would do.
   *
   * @param from the id of the master key that wrapped before
   * @param to the id of the one that wraps now; {@code from} if that is not known yet
   * @param rewrapped the domains whose secrets were wrapped anew
   * @param retired ids of the master keys that are gone
   * @param resumed whether it was one that had been broken off
   */
  public record Done(
      String from, String to, List<String> rewrapped, List<String> retired, boolean resumed) {
    /** Copies the lists. */
    public Done {
      rewrapped = List.copyOf(rewrapped);
      retired = List.copyOf(retired);
    }
  }

  /** The same with somebody to be told of its steps. */
  KeyRotation watched(Steps watcher) {
    return new KeyRotation(ring, masters, lock, watcher);
  }

  /**
   * What {@link #run} would do.
   *
   * @throws KeyException when it could not
   */
  public Done plan() throws IOException {
    requireReadable();
    MasterKey current = masters.current();
    List<String> older = masters.readable();
    boolean resumed = !older.isEmpty();
    List<String> open = resumed ? open(current) : ring.domains();
    return new Done(
        resumed ? older.get(older.size() - 1) : current.id(),
        current.id(),
        open,
        resumed ? older : List.of(current.id()),
        resumed);
  }

  /**
   * Rotates. Images are neither read nor written, and others may use the keys meanwhile.
   *
   * @throws KeyException when a secret can't be read; nothing is changed then
   */
  public Done run() throws IOException {
    return lock.hold(this::locked);
  }

  private Done locked() throws IOException {
    Done plan = plan();
    ring.sweep();
    if (!plan.resumed()) {
      MasterKey current = masters.current();
      steps.before("keep " + current.id());
      masters.keep(current);
      MasterKey next = MasterKey.fresh();
      steps.before("replace " + current.id());
      masters.replace(next);
    }
    MasterKey current = masters.current();
    List<String> rewrapped = open(current);
    for (String domain : rewrapped) {
      steps.before("rewrap " + domain);
      ring.rewrap(domain, current);
    }
    List<String> retired = masters.readable();
    for (String older : retired) {
      steps.before("retire " + older);
      masters.retire(older);
    }
    return new Done(plan.from(), current.id(), rewrapped, retired, plan.resumed());
  }

  private void requireReadable() throws IOException {
    for (String domain : ring.domains()) {
      byte[] unused = ring.existingSecret(domain);
    }
  }

  private List<String> open(MasterKey current) throws IOException {
    List<String> open = new ArrayList<>();
    for (String domain : ring.domains()) {
      if (!ring.isUnder(domain, current)) {
        open.add(domain);
      }
    }
    return open;
  }
}
