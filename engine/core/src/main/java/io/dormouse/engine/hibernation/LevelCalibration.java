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
import org.jspecify.annotations.Nullable;

/**
 * How long entering and waking really took here, per class and level: overrides the model's
 * formulas. A class without a measure of its own goes by the formula times what others on the same
 * site took of theirs: the geometric mean over classes, from {@link #POOL_CLASSES_MIN} classes on.
 * Before there are as many, it goes half-way, in ratios, to what wakes from other levels took of
 * theirs: a site that starts slowly will hardly restore quickly. Immutable. A class's first measure
 * is taken half-way, in ratios, from what would go without it, and each further one moves the value
 * by 0.3 of its difference; a measure counts as at most four times, and at least a quarter of, the
 * value so far: one outlier does not turn the decisions.
 */
public final class LevelCalibration {
  /** The most classes whose measures are kept; further ones go by the formulas. */
  public static final int CLASSES_MAX = 50_000;

  /** The fewest classes whose measures say something of the site. */
  public static final int POOL_CLASSES_MIN = 3;

  private static final double RATIO_MAX = 64;
  private static final double WEIGHT_OF_NEW = 0.3;
  private static final double STEP_MAX = 4;
  private static final double SECONDS_MIN = 0.001;
  private static final double SECONDS_MAX = 3_600;
  private static final LevelCalibration NONE =
      new LevelCalibration(SortedTable.empty(Measured::id), ImmutableMap.of());

  private final SortedTable<WorkloadClassId, Measured> classes;
  private final ImmutableMap<Move, Pool> pools;

  private LevelCalibration(
      SortedTable<WorkloadClassId, Measured> classes, ImmutableMap<Move, Pool> pools) {
    this.classes = classes;
    this.pools = pools;
  }

  /** Nothing was measured yet. */
  public static LevelCalibration none() {
    return NONE;
  }

  /**
   * After a wake from {@code level} to useful work; from TERMINATED it is a cold start.
   *
   * @param formulaSeconds what the model says of an instance of that size, at least 0
   */
  public LevelCalibration withWake(
      WorkloadClassId workloadClass, HibernationLevel level, Duration took, double formulaSeconds) {
    return with(workloadClass, new Move(true, level), took, formulaSeconds);
  }

  /**
   * After an entry into {@code level}.
   *
   * @param formulaSeconds what the model says of an instance of that size, at least 0
   */
  public LevelCalibration withEntry(
      WorkloadClassId workloadClass, HibernationLevel level, Duration took, double formulaSeconds) {
    return with(workloadClass, new Move(false, level), took, formulaSeconds);
  }

  /** How long a wake from {@code level} takes, seconds; empty before the first. */
  public OptionalDouble wakeSeconds(WorkloadClassId workloadClass, HibernationLevel level) {
    return seconds(workloadClass, new Move(true, level));
  }

  /** How long an entry into {@code level} takes, seconds; empty before the first. */
  public OptionalDouble entrySeconds(WorkloadClassId workloadClass, HibernationLevel level) {
    return seconds(workloadClass, new Move(false, level));
  }

  /** What wakes from {@code level} take of their formula on this site; 1 while nothing is known. */
  public double wakeRatio(HibernationLevel level) {
    return ratio(new Move(true, level));
  }

  /** What entries into {@code level} take of their formula on this site; 1 while nothing is. */
  public double entryRatio(HibernationLevel level) {
    return ratio(new Move(false, level));
  }

  private double ratio(Move move) {
    Pool pool = pools.getOrDefault(move, Pool.EMPTY);
    return StrictMath.exp(pool.isKnown() ? pool.meanLog() : ofOtherWakes() / 2);
  }

  /** The mean, over levels, of the logarithms of what wakes took of their formulas. */
  private double ofOtherWakes() {
    double logSum = 0;
    int known = 0;
    for (HibernationLevel level : HibernationLevel.values()) {
      Pool pool = pools.getOrDefault(new Move(true, level), Pool.EMPTY);
      if (pool.isKnown()) {
        logSum += pool.meanLog();
        known++;
      }
    }
    return known == 0 ? 0 : logSum / known;
  }

  private OptionalDouble seconds(WorkloadClassId workloadClass, Move move) {
    Measured measured = classes.find(workloadClass).orElse(null);
    Own own = measured == null ? null : measured.moves.get(move);
    return own == null ? OptionalDouble.empty() : OptionalDouble.of(own.seconds);
  }

  private LevelCalibration with(
      WorkloadClassId workloadClass, Move move, Duration took, double formulaSeconds) {
    if (took.isNegative()) {
      throw new IllegalArgumentException(
          "The time that class (%s) took (%s) must not be negative.%nMaybe its two ends come from different clocks."
              .formatted(workloadClass, took));
    }
    Optional<Measured> known = classes.find(workloadClass);
    if (known.isEmpty() && classes.size() >= CLASSES_MAX) {
      return this;
    }
    Map<Move, Own> moves = new HashMap<>(known.map(Measured::moves).orElse(Map.of()));
    Own before = moves.get(move);
    double measure = bounded(Words.ofDuration(took));
    double formula = bounded(formulaSeconds);
    Own now =
        before == null
            ? Own.first(measure, bounded(formula * ratio(move)), formula)
            : before.with(measure, formula);
    moves.put(move, now);
    Map<Move, Pool> changed = new HashMap<>(pools);
    changed.put(move, pools.getOrDefault(move, Pool.EMPTY).with(before, now));
    return new LevelCalibration(
        classes.with(new Measured(workloadClass, ImmutableMap.copyOf(moves))),
        ImmutableMap.copyOf(changed));
  }

  private static double bounded(double measure) {
    return Math.min(SECONDS_MAX, Math.max(SECONDS_MIN, measure));
  }

  private record Move(boolean wake, HibernationLevel level) {}

  private record Measured(WorkloadClassId id, Map<Move, Own> moves) {}

  /**
   * What a class took.
   *
   * @param seconds what it is expected to take
   * @param measuredSeconds the same by its own measures alone, for the site's ratio
   * @param logRatio of {@code measuredSeconds} to the formula
   */
  private record Own(double seconds, double measuredSeconds, double logRatio) {
    static Own first(double measure, double expectedSeconds, double formulaSeconds) {
      return new Own(
          StrictMath.sqrt(measure * expectedSeconds), measure, logRatio(measure, formulaSeconds));
    }

    Own with(double measure, double formulaSeconds) {
      double measured = smoothed(measuredSeconds, measure);
      return new Own(smoothed(seconds, measure), measured, logRatio(measured, formulaSeconds));
    }

    private static double logRatio(double seconds, double formulaSeconds) {
      double ratio = seconds / formulaSeconds;
      return StrictMath.log(Math.min(RATIO_MAX, Math.max(1 / RATIO_MAX, ratio)));
    }

    private static double smoothed(double before, double measure) {
      double near = Math.min(before * STEP_MAX, Math.max(before / STEP_MAX, measure));
      return before + WEIGHT_OF_NEW * (near - before);
    }
  }

  /** Each class counts once, by its latest ratio, however often it moves. */
  private record Pool(double logSum, int classes) {
    static final Pool EMPTY = new Pool(0, 0);

    boolean isKnown() {
      return classes >= POOL_CLASSES_MIN;
    }

    double meanLog() {
      return logSum / classes;
    }

    Pool with(@Nullable Own before, Own now) {
      return before == null
          ? new Pool(logSum + now.logRatio, classes + 1)
          : new Pool(logSum - before.logRatio + now.logRatio, classes);
    }
  }
}
