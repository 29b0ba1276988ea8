package io.dormouse.learning;

import io.dormouse.engine.hibernation.NextUse;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.model.SortedTable;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.NextUseForecaster;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Learns the time between a class's tasks: a histogram that forgets, blended with that of all
 * classes as long as there is little of its own, conditioned on how long the gap has lasted.
 * Immutable; memory is bounded by {@link LearningSettings#classesMax}.
 *
 * <p>What could not have been seen yet is not guessed at: nothing is assumed beyond the time for
 * which arrivals have been watched, and what has lasted longer is expected to last as long again.
 *
 * <p>A class's own histogram is heard only while it forecasts the class no worse than the histogram
 * of all classes does, and neither beyond its measured {@link Calibration}.
 */
public final class LearnedNextUse implements NextUseForecaster {
  private static final int KEPT_QUARTERS = 3;

  private final LearningSettings settings;
  private final SortedTable<WorkloadClassId, ClassGaps> classes;
  private final GapHistogram pool;
  private final Watch watch;
  private final GapDistribution poolDistribution;

  private LearnedNextUse(
      LearningSettings settings,
      SortedTable<WorkloadClassId, ClassGaps> classes,
      GapHistogram pool,
      Watch watch) {
    this.settings = settings;
    this.classes = classes;
    this.pool = pool;
    this.watch = watch;
    this.poolDistribution =
        GapDistribution.of(pool, GapDistribution.even(watch.seconds()), settings.evenWeight());
  }

  /** Has seen nothing yet. */
  public static LearnedNextUse create(LearningSettings settings) {
    return new LearnedNextUse(
        settings, SortedTable.empty(ClassGaps::id), GapHistogram.empty(), Watch.NONE);
  }

  /** How many classes it remembers. */
  public int classCount() {
    return classes.size();
  }

  /** Takes in an arrival; one that is not after the class's newest changes nothing. */
  @Override
  public LearnedNextUse observe(SnapshotDelta.Arrival arrival) {
    ClassGaps known = classes.find(arrival.workloadClass()).orElse(null);
    if (known == null) {
      ClassGaps first = ClassGaps.first(arrival.workloadClass(), arrival.at());
      return with(withRoom().with(first), pool, arrival.at());
    }
    double gap = Watch.seconds(known.lastArrival(), arrival.at());
    if (gap <= 0) {
      return this;
    }
    if (gap < GapBins.SHORTEST_SECONDS) {
      return with(classes.with(known.withLastArrival(arrival.at())), pool, arrival.at());
    }
    return learn(known, arrival.at(), GapBins.of(gap));
  }

  @Override
  public Optional<NextUse> nextUse(WorkloadClassId workloadClass, Instant now) {
    return classes
        .find(workloadClass)
        .map(
            known ->
                distribution(known)
                    .given(
                        Math.max(0, Watch.seconds(known.lastArrival(), now)),
                        known.calibration().trust()))
        .or(() -> pool.total() > 0 ? Optional.of(poolDistribution.given(0, 1)) : Optional.empty());
  }

  @Override
  public String modelVersion() {
    return "gaps-2";
  }

  private LearnedNextUse learn(ClassGaps known, Instant at, int bin) {
    Calibration calibration =
        known.calibration().with(bin, own(known), poolDistribution, settings.scoreWeight());
    GapHistogram gaps = known.gaps().with(bin, settings.keepOfClass());
    return with(
        classes.with(new ClassGaps(known.id(), at, gaps, calibration)),
        pool.with(bin, settings.keepOfPool()),
        at);
  }

  private LearnedNextUse with(
      SortedTable<WorkloadClassId, ClassGaps> nextClasses, GapHistogram nextPool, Instant at) {
    return new LearnedNextUse(settings, nextClasses, nextPool, watch.with(at));
  }

  private GapDistribution distribution(ClassGaps known) {
    return known.calibration().isOwnBetter() ? own(known) : poolDistribution;
  }

  private GapDistribution own(ClassGaps known) {
    return GapDistribution.of(known.gaps(), poolDistribution, settings.poolWeight());
  }

  private SortedTable<WorkloadClassId, ClassGaps> withRoom() {
    if (classes.size() < settings.classesMax()) {
      return classes;
    }
    List<ClassGaps> oldestFirst = new ArrayList<>();
    classes.forEach(oldestFirst::add);
    oldestFirst.sort(Comparator.comparing(ClassGaps::lastArrival).thenComparing(ClassGaps::id));
    int kept = settings.classesMax() * KEPT_QUARTERS / 4;
    List<WorkloadClassId> forgotten =
        oldestFirst.subList(0, oldestFirst.size() - kept).stream().map(ClassGaps::id).toList();
    return classes.with(List.of(), forgotten);
  }
}
