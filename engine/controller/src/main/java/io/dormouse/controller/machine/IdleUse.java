package io.dormouse.controller.machine;

import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What instances use of the processor while they wait for tasks, from one sample of their agent to
 * the next. Where an instance had no task in between that is what it used; where it had, it used no
 * more than that, and the least is kept. Its start, and what came before a thaw or a restore, is no
 * idle use. One that was not measured yet is taken for what was last measured in its class. Owned
 * by the state machine.
 */
final class IdleUse {
  /** Shorter ones tell the sampling rather than the use. */
  private static final Duration INTERVAL_MIN = Duration.ofMillis(500);

  private final Map<InstanceId, Sample> last = new HashMap<>();
  private final Map<InstanceId, Double> measured = new HashMap<>();
  private final Map<WorkloadClassId, Double> ofClass = new HashMap<>();

  private record Sample(String life, boolean ran, Instant at, long cpuMicros) {}

  /** An agent sampled the instance now; the state in which it was seen says since when it is so. */
  void sampled(Instance instance, AgentRegistry.Sighting sighting, Instant now) {
    if (sighting.status().getCpuMicros() == 0) {
      return; // Nothing was measured: a process that ran has used some.
    }
    Sample before = last.get(instance.id());
    boolean ran = instance.phase() == InstancePhase.IDLE || instance.phase() == InstancePhase.BUSY;
    Sample sample = new Sample(sighting.life(), ran, now, sighting.status().getCpuMicros());
    last.put(instance.id(), sample);
    if (before != null && ranIdle(before, instance, sighting)) {
      boolean hadTasks = instance.phaseSince().isAfter(before.at());
      fraction(before, sample)
          .map(fraction -> hadTasks ? Math.min(fraction, known(instance)) : fraction)
          .ifPresent(fraction -> measured(instance, fraction));
    }
  }

  private void measured(Instance instance, double fraction) {
    measured.put(instance.id(), fraction);
    ofClass.put(instance.workloadClass(), fraction);
  }

  private double known(Instance instance) {
    return measured.getOrDefault(
        instance.id(), ofClass.getOrDefault(instance.workloadClass(), Double.POSITIVE_INFINITY));
  }

  /** Whether it ran from one sample to the next without a break, and has no task now. */
  private static boolean ranIdle(
      Sample before, Instance instance, AgentRegistry.Sighting sighting) {
    return before.ran()
        && sighting.state() == InstanceState.RUNNING
        && sighting.life().equals(before.life())
        && !sighting.since().isAfter(before.at())
        && instance.phase() == InstancePhase.IDLE;
  }

  private static Optional<Double> fraction(Sample before, Sample sample) {
    Duration elapsed = Duration.between(before.at(), sample.at());
    long usedMicros = sample.cpuMicros() - before.cpuMicros();
    return elapsed.compareTo(INTERVAL_MIN) < 0 || usedMicros < 0
        ? Optional.empty()
        : Optional.of(usedMicros * 1e3 / elapsed.toNanos());
  }

  /** Share of a core; what the scheduler says of it as long as nothing was measured. */
  double of(Instance instance) {
    double known = known(instance);
    return Double.isInfinite(known) ? instance.idleCoreFraction() : known;
  }

  /** It has ended. */
  void forget(InstanceId id) {
    last.remove(id);
    measured.remove(id);
  }

  /** All others have ended. */
  void retain(Set<InstanceId> living) {
    last.keySet().retainAll(living);
    measured.keySet().retainAll(living);
  }
}
