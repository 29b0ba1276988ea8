package io.dormouse.engine.hibernation;

import com.google.common.collect.ImmutableMap;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.SortedTable;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How long entering and waking really took here, per class and level: overrides the model's
 * formulas. Immutable. Each new measure moves the value by 0.3 of its difference; a measure counts
 * as at most four times, and at least a quarter of, the value so far, so that one outlier does not
 * turn the decisions.
 */
public final class LevelCalibration {
  /** The most classes whose measures are kept; further ones go by the formulas. */
  public static final int CLASSES_MAX = 50_000;

  private static final double WEIGHT_OF_NEW = 0.3;
  private static final double STEP_MAX = 4;
  private static final double SECONDS_MIN = 0.001;
  private static final double SECONDS_MAX = 3_600;
  private static final LevelCalibration NONE =
      new LevelCalibration(SortedTable.empty(Measured::id));

  private final SortedTable<WorkloadClassId, Measured> classes;

  private LevelCalibration(SortedTable<WorkloadClassId, Measured> classes) {
    this.classes = classes;
  }

  /** Nothing was measured yet. */
  public static LevelCalibration none() {
    return NONE;
  }

  /** After a wake from {@code level} to useful work; from TERMINATED it is a cold start. */
  public LevelCalibration withWake(
      WorkloadClassId workloadClass, HibernationLevel level, Duration took) {
    return with(workloadClass, new Move(true, level), took);
  }

  /** After an entry into {@code level}. */
  public LevelCalibration withEntry(
      WorkloadClassId workloadClass, HibernationLevel level, Duration took) {
    return with(workloadClass, new Move(false, level), took);
  }

  /** How long a wake from {@code level} takes, seconds; empty before the first. */
  public OptionalDouble wakeSeconds(WorkloadClassId workloadClass, HibernationLevel level) {
    return seconds(workloadClass, new Move(true, level));
  }

  /** How long an entry into {@code level} takes, seconds; empty before the first. */
  public OptionalDouble entrySeconds(WorkloadClassId workloadClass, HibernationLevel level) {
    return seconds(workloadClass, new Move(false, level));
  }

  private OptionalDouble seconds(WorkloadClassId workloadClass, Move move) {
    Measured measured = classes.find(workloadClass).orElse(null);
    Double seconds = measured == null ? null : measured.seconds.get(move);
    return seconds == null ? OptionalDouble.empty() : OptionalDouble.of(seconds);
  }

  private LevelCalibration with(WorkloadClassId workloadClass, Move move, Duration took) {
    if (took.isNegative()) {
      throw new IllegalArgumentException(
          "The time that class (%s) took (%s) must not be negative.%nMaybe its two ends come from different clocks."
              .formatted(workloadClass, took));
    }
    Optional<Measured> known = classes.find(workloadClass);
    if (known.isEmpty() && classes.size() >= CLASSES_MAX) {
      return this;
    }
    Map<Move, Double> seconds = new HashMap<>(known.map(Measured::seconds).orElse(Map.of()));
    double measure = Words.ofDuration(took);
    seconds.merge(move, bounded(measure), (before, now) -> smoothed(before, measure));
    return new LevelCalibration(
        classes.with(new Measured(workloadClass, ImmutableMap.copyOf(seconds))));
  }

  private static double smoothed(double before, double measure) {
    double near = Math.min(before * STEP_MAX, Math.max(before / STEP_MAX, bounded(measure)));
    return before + WEIGHT_OF_NEW * (near - before);
  }

  private static double bounded(double measure) {
    return Math.min(SECONDS_MAX, Math.max(SECONDS_MIN, measure));
  }

  private record Move(boolean wake, HibernationLevel level) {}

  private record Measured(WorkloadClassId id, Map<Move, Double> seconds) {}
}
