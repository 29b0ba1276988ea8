package io.dormouse.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.dormouse.engine.hibernation.NextUse;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class GapDistributionTest {
  private static final double FOREVER_SECONDS = 1e12;

  private static GapDistribution random(long seed, int gaps) {
    Random random = new Random(seed);
    GapHistogram counted = GapHistogram.empty();
    for (int i = 0; i < gaps; i++) {
      counted = counted.with(random.nextInt(GapBins.count()), 0.9);
    }
    return GapDistribution.of(counted, GapDistribution.even(FOREVER_SECONDS), 1);
  }

  @Property(tries = 500)
  void survivalNeverRises(@ForAll long seed, @ForAll @IntRange(max = 40) int gaps) {
    GapDistribution distribution = random(seed, gaps);
    double before = 1;
    for (double seconds = 0.01; seconds < 1e8; seconds *= 1.03) {
      double survival = distribution.survivalAt(seconds);
      assertThat(survival).isBetween(0.0, before);
      before = survival;
    }
    assertThat(before).isPositive();
  }

  @Property(tries = 500)
  void theForecastIsTheDistributionGivenTheAge(
      @ForAll long seed,
      @ForAll @IntRange(max = 40) int gaps,
      @ForAll @DoubleRange(max = 5_000_000) double age) {
    GapDistribution distribution = random(seed, gaps);
    NextUse use = distribution.given(age, 0.5);

    assertThat(use.trust()).isEqualTo(0.5);
    assertThat(use.size()).isLessThan(200);
    for (int i = 0; i < use.size(); i++) {
      double expected =
          distribution.survivalAt(age + use.edgeSeconds(i)) / distribution.survivalAt(age);
      assertThat(use.survival(i)).isCloseTo(expected, within(1e-9));
    }
  }

  @Test
  void binsCoverAllGaps() {
    assertThat(GapBins.of(0.1)).isZero();
    assertThat(GapBins.of(1e12)).isEqualTo(GapBins.count() - 1);
    for (int bin = 1; bin < GapBins.count(); bin++) {
      double from = GapBins.fromSeconds(bin);
      assertThat(from / GapBins.fromSeconds(bin - 1)).isCloseTo(1.2, within(1e-9));
      assertThat(GapBins.of(from)).isEqualTo(bin);
      assertThat(GapBins.of(Math.nextDown(from))).isEqualTo(bin - 1);
    }
  }

  @Test
  void likelihoodsAreThoseOfADistribution() {
    GapDistribution distribution = random(5, 20);
    double sum = 0;
    for (int bin = 0; bin < GapBins.count(); bin++) {
      sum += StrictMath.exp(distribution.nats(bin)) / GapBins.count();
    }
    assertThat(sum).isCloseTo(1, within(1e-9));
  }

  @Property(tries = 200)
  void nothingIsAssumedBeyondWhatCouldHaveBeenSeen(
      @ForAll @DoubleRange(min = 1, max = 100_000) double watchedSeconds,
      @ForAll @DoubleRange(max = 200_000) double ageSeconds) {
    NextUse use = GapDistribution.even(watchedSeconds).given(ageSeconds, 0.5);

    assertThat(use.meanSeconds()).isLessThanOrEqualTo(2 * Math.max(watchedSeconds, ageSeconds) + 1);
  }

  @Test
  void whatLastedLongerThanEverIsExpectedToLastAsLongAgain() {
    NextUse use = GapDistribution.even(60).given(500, 0.5);

    assertThat(use.survivalAfter(499)).isEqualTo(1);
    assertThat(use.meanSeconds()).isBetween(500.0, 1_001.0);
  }
}
