package io.dormouse.yarn.adapter;

import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.WorkloadClass;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What was seen of one workload class. Not thread-safe. */
final class ClassRecord {
  /** Weight of the newest cold start. */
  private static final double SMOOTHING = 0.3;

  private final WorkloadClassId id;
  private Resources request;
  private final Map<InstanceId, Instant> starts = new HashMap<>();
  private Optional<Duration> coldStart = Optional.empty();
  private Optional<Instant> lastArrival = Optional.empty();

  ClassRecord(WorkloadClassId id, Resources request) {
    this.id = id;
    this.request = request;
  }

  Resources request() {
    return request;
  }

  /** What a pool that was deployed anew asks for; another size starts in another time. */
  ClassRecord withRequest(Resources now) {
    if (!now.equals(request)) {
      request = now;
      coldStart = Optional.empty();
    }
    return this;
  }

  /**
   * Follows an instance from its start to its first answer; waiting for a container is part of it.
   *
   * @return the class when it has learned from this
   */
  Optional<WorkloadClass> follow(Instance now, @Nullable Instance before) {
    if (now.phase() == InstancePhase.STARTING) {
      starts.putIfAbsent(now.id(), now.phaseSince());
      return Optional.empty();
    }
    Instant start = starts.remove(now.id());
    boolean answered = now.phase() == InstancePhase.IDLE || now.phase() == InstancePhase.BUSY;
    if (start == null || before == null || !answered) {
      return Optional.empty();
    }
    Duration newest = Duration.between(start, now.phaseSince());
    coldStart = Optional.of(coldStart.map(known -> blend(known, newest)).orElse(newest));
    return Optional.of(view());
  }

  private static Duration blend(Duration known, Duration newest) {
    double nanos = known.toNanos() * (1 - SMOOTHING) + newest.toNanos() * SMOOTHING;
    return Duration.ofNanos(Math.round(nanos));
  }

  void arrived(Instant at) {
    lastArrival = Optional.of(at);
  }

  WorkloadClass view() {
    return new WorkloadClass(id, request, coldStart, lastArrival);
  }
}
