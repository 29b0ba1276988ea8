package io.dormouse.checkpoint.engines;

import io.dormouse.checkpoint.engines.InstanceState.Status;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** How capsules stand, and what can be done with them on this host. */
final class CapsuleStates {
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(10);

  private CapsuleStates() {}

  static Set<Ability> abilities(InstanceDirectory instances, LazyPages lazyPages, boolean tracks) {
    Set<Ability> abilities = EnumSet.of(Ability.FREEZE, Ability.IMAGE, Ability.CLOSE);
    Outcome<Done> holes = DataEviction.probe(instances.path(), PROBE_TIMEOUT);
    if (holes instanceof Outcome.Failed<Done> failed) {
      EngineErrors.warn("Data of instances can't be evicted", failed.failure());
    } else {
      abilities.add(Ability.DATA);
    }
    if (tracks) {
      abilities.add(Ability.TRACK);
    }
    if (lazyPages.probe() instanceof Outcome.Failed<Done> failed) {
      EngineErrors.warn("Instances can't run before their pages are in", failed.failure());
    } else {
      abilities.add(Ability.LAZY);
    }
    return Collections.unmodifiableSet(abilities);
  }

  static Outcome<InstanceState> orWhyNotLiving(String id, Optional<InstanceState> found) {
    return found
        .map(InstanceState::orWhyNotLiving)
        .orElseGet(() -> Outcome.failed(new EngineFailure.ProcessGone(id)));
  }

  static Outcome<InstanceState> orWhyNotComplete(InstanceState state, Pages pages) {
    return pages == Pages.ALL_IN
        ? Outcome.ok(state)
        : Outcome.failed(
            new EngineFailure.WrongState(
                state.id(), "still without some of its pages", "complete"));
  }

  static InstanceState of(InstanceFiles files, InstanceSpec spec) {
    OptionalLong pid = files.pid();
    boolean runs = pid.isPresent() && CapsuleCgroup.holds(pid.getAsLong(), spec.id());
    boolean supervised = runs || Supervisor.isAlive(files);
    // Looked at last: it may end meanwhile, and its status is written before its supervisor goes.
    OptionalInt exit = files.exitStatus();
    boolean lives = runs && exit.isEmpty();
    Status status;
    if (lives && !Presence.exists(files.restoringMark())) {
      status = CapsuleCgroup.freezer(spec.id()).isFrozen() ? Status.FROZEN : Status.RUNNING;
    } else if (exit.isEmpty() && supervised) {
      status = Status.STARTING;
    } else {
      status = Status.EXITED;
    }
    return new InstanceState(
        spec, status, lives ? pid : OptionalLong.empty(), exit, files.directory(), files.stdio());
  }
}
