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
 * What instances use of the processor while they wait for tasks. Only samples between which an
 * instance ran in one life and had no task count: its start, its tasks and its wakes are no idle
 * use. One that was not measured yet is taken for what was last measured in its class. Owned by the
 * state machine.
 */
final class IdleUse {
  /** Shorter ones tell the sampling rather than the use. */
  private static final Duration INTERVAL_MIN = Duration.ofMillis(500);

  private final Map<InstanceId, Sample> last = new HashMap<>();
  private final Map<InstanceId, Double> measured = new HashMap<>();
  private final Map<WorkloadClassId, Double> ofClass = new HashMap<>();

  private record Sample(String life, Instant at, long cpuMicros) {}

  /** An agent sampled the instance now; the state in which it was seen says since when it is so. */
  void sampled(Instance instance, AgentRegistry.Sighting sighting, Instant now) {
    if (sighting.status().getCpuMicros() == 0) {
      return; // Nothing was measured: a process that ran has used some.
    }
    Sample before = last.get(instance.id());
    Sample sample = new Sample(sighting.life(), now, sighting.status().getCpuMicros());
    last.put(instance.id(), sample);
    if (before != null && isIdleSince(before, instance, sighting)) {
      fraction(before, sample)
          .ifPresent(
              fraction -> {
                measured.put(instance.id(), fraction);
                ofClass.put(instance.workloadClass(), fraction);
              });
    }
  }

  private static boolean isIdleSince(
      Sample before, Instance instance, AgentRegistry.Sighting sighting) {
    return sighting.state() == InstanceState.RUNNING
        && sighting.life().equals(before.life())
        && !sighting.since().isAfter(before.at())
        && instance.phase() == InstancePhase.IDLE
        && !instance.phaseSince().isAfter(before.at());
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
    Double own = measured.get(instance.id());
    return own != null
        ? own
        : ofClass.getOrDefault(instance.workloadClass(), instance.idleCoreFraction());
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
