package io.dormouse.controller.simulation;

import com.google.common.collect.ImmutableList;
import io.dormouse.controller.machine.Coordination.Change;
import io.dormouse.controller.machine.InstanceRecord;
import io.dormouse.controller.machine.Intent;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.spi.Epoch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The coordination service: sessions, one leader's latch, guarded writes. */
final class SimZooKeeper {
  static final long SESSION_MILLIS = 4_000;

  private final World world;
  private final Faults faults;
  private final List<SimController> candidates = new ArrayList<>();
  private final TreeMap<String, Intent> intents = new TreeMap<>();
  private final TreeMap<InstanceId, InstanceRecord> records = new TreeMap<>();
  private Optional<SimController> leader = Optional.empty();
  private Optional<Epoch> epoch = Optional.empty();
  private boolean paused;
  private long czxid = 100;

  SimZooKeeper(World world, Faults faults) {
    this.world = world;
    this.faults = faults;
    world.after(500, this::watchSessions);
  }

  Map<String, Intent> intents() {
    return new TreeMap<>(intents);
  }

  Map<InstanceId, InstanceRecord> records() {
    return new TreeMap<>(records);
  }

  boolean paused() {
    return paused;
  }

  Optional<SimController> leader() {
    return leader;
  }

  /** Stands for election with a new session. */
  void join(SimController controller) {
    if (!candidates.contains(controller)) {
      candidates.add(controller);
    }
  }

  /** Gives its latch up. */
  void leave(SimController controller) {
    candidates.remove(controller);
    if (leader.equals(Optional.of(controller))) {
      leader = Optional.empty();
    }
  }

  /** Whether the write was made: only the leader of the moment may write. */
  boolean write(SimController writer, Epoch of, List<Change> changes) {
    boolean leads = leader.equals(Optional.of(writer)) && epoch.equals(Optional.of(of));
    if (!leads && faults.writesFence()) {
      return false;
    }
    for (Change change : changes) {
      apply(change);
    }
    return true;
  }

  private void apply(Change change) {
    if (change instanceof Change.PutIntent put) {
      intents.put(put.intent().id(), put.intent());
    } else if (change instanceof Change.RemoveIntent remove) {
      intents.remove(remove.id());
    } else if (change instanceof Change.PutRecord put) {
      records.put(put.record().id(), put.record());
    } else if (change instanceof Change.RemoveRecord remove) {
      records.remove(remove.id());
    } else if (change instanceof Change.SetPaused set) {
      paused = set.paused();
    }
  }

  private void watchSessions() {
    for (SimController candidate : List.copyOf(candidates)) {
      if (candidate.silentMillis() > SESSION_MILLIS) {
        leave(candidate);
        candidate.sessionExpired();
      }
    }
    if (leader.isEmpty() && !candidates.isEmpty()) {
      elect(candidates.get(0));
    }
    world.after(200, this::watchSessions);
  }

  private void elect(SimController next) {
    czxid += world.between(1, 50);
    Epoch won = new Epoch(1, czxid);
    leader = Optional.of(next);
    epoch = Optional.of(won);
    world.note("controller %s leads as %s".formatted(next.name, won));
    next.elected(
        won,
        ImmutableList.copyOf(intents.values()),
        ImmutableList.copyOf(records.values()),
        paused);
  }
}
