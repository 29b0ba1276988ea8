package io.dormouse.engine.hibernation;

import static io.dormouse.engine.Fixtures.CLASS;
import static io.dormouse.engine.model.HibernationLevel.L1_RETAINED;
import static io.dormouse.engine.model.HibernationLevel.L3_FULL_SNAPSHOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dormouse.engine.model.WorkloadClassId;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LevelCalibrationTest {
  @Test
  void knowsNothingBeforeTheFirstMeasure() {
    LevelCalibration measured =
        LevelCalibration.none().withWake(CLASS, L3_FULL_SNAPSHOT, Duration.ofSeconds(2), 2);

    assertThat(LevelCalibration.none().wakeSeconds(CLASS, L3_FULL_SNAPSHOT)).isEmpty();
    assertThat(measured.wakeSeconds(CLASS, L3_FULL_SNAPSHOT)).hasValue(2);
    assertThat(measured.entrySeconds(CLASS, L3_FULL_SNAPSHOT)).isEmpty();
    assertThat(measured.wakeSeconds(CLASS, L1_RETAINED)).isEmpty();
    assertThat(measured.wakeSeconds(new WorkloadClassId("other"), L3_FULL_SNAPSHOT)).isEmpty();
  }

  @Test
  void smoothsAndBoundsOutliers() {
    LevelCalibration measured =
        LevelCalibration.none()
            .withEntry(CLASS, L3_FULL_SNAPSHOT, Duration.ofSeconds(2), 2)
            .withEntry(CLASS, L3_FULL_SNAPSHOT, Duration.ofSeconds(3), 2);
    LevelCalibration outlier = measured.withEntry(CLASS, L3_FULL_SNAPSHOT, Duration.ofHours(1), 2);

    assertThat(measured.entrySeconds(CLASS, L3_FULL_SNAPSHOT).orElseThrow())
        .isCloseTo(2.3, within(1e-9));
    assertThat(outlier.entrySeconds(CLASS, L3_FULL_SNAPSHOT).orElseThrow())
        .isCloseTo(2.3 + 0.3 * 3 * 2.3, within(1e-9));
  }

  @Test
  void theFirstMeasureIsTakenHalfWayFromWhatTheSiteWouldSay() {
    LevelCalibration first = woken(LevelCalibration.none(), "a", 9, 1);
    assertThat(wakeSeconds(first, "a")).isCloseTo(3, within(1e-9));

    LevelCalibration others = woken(woken(woken(first, "b", 9, 1), "c", 9, 1), "d", 9, 1);
    assertThat(wakeSeconds(others, "d")).isCloseTo(9, within(1e-9));
  }

  private static double wakeSeconds(LevelCalibration measured, String workloadClass) {
    return measured.wakeSeconds(new WorkloadClassId(workloadClass), L3_FULL_SNAPSHOT).orElseThrow();
  }

  @Test
  void followsAChangeThatLasts() {
    LevelCalibration measured = LevelCalibration.none();
    for (int i = 0; i < 100; i++) {
      measured = measured.withWake(CLASS, L1_RETAINED, Duration.ofMillis(i < 50 ? 10 : 800), 1);
    }
    assertThat(measured.wakeSeconds(CLASS, L1_RETAINED).orElseThrow()).isCloseTo(0.8, within(0.01));
  }

  @Test
  void poolsWhatTheClassesOfASiteTookOfTheirFormulas() {
    LevelCalibration two = woken(woken(LevelCalibration.none(), "a", 2, 1), "b", 6, 2);
    LevelCalibration three = woken(two, "c", 4, 1);

    assertThat(two.wakeRatio(L3_FULL_SNAPSHOT)).isEqualTo(1);
    assertThat(three.wakeRatio(L3_FULL_SNAPSHOT)).isCloseTo(Math.cbrt(2 * 3 * 4), within(1e-9));
  }

  @Test
  void goesHalfWayWithOtherWakesWhereTooFewClassesWereMeasured() {
    LevelCalibration measured =
        woken(woken(woken(LevelCalibration.none(), "a", 9, 1), "b", 9, 1), "c", 9, 1);

    assertThat(measured.wakeRatio(L1_RETAINED)).isCloseTo(3, within(1e-9));
    assertThat(measured.entryRatio(L3_FULL_SNAPSHOT)).isCloseTo(3, within(1e-9));
  }

  @Test
  void aClassThatOftenWakesCountsOnceByItsLatestRatio() {
    LevelCalibration measured =
        woken(woken(woken(LevelCalibration.none(), "a", 2, 1), "b", 2, 1), "c", 2, 1);
    for (int i = 0; i < 200; i++) {
      measured = woken(measured, "c", 16, 1);
    }
    assertThat(measured.wakeRatio(L3_FULL_SNAPSHOT)).isCloseTo(4, within(1e-6));
  }

  @Test
  void noFormulaMakesARatioBoundless() {
    LevelCalibration measured =
        woken(woken(woken(LevelCalibration.none(), "a", 900, 0), "b", 900, 0), "c", 900, 0);

    assertThat(measured.wakeRatio(L3_FULL_SNAPSHOT)).isCloseTo(64, within(1e-9));
  }

  private static LevelCalibration woken(
      LevelCalibration before, String workloadClass, long seconds, double formulaSeconds) {
    return before.withWake(
        new WorkloadClassId(workloadClass),
        L3_FULL_SNAPSHOT,
        Duration.ofSeconds(seconds),
        formulaSeconds);
  }

  @Test
  void refusesNegativeTimes() {
    assertThatThrownBy(
            () -> LevelCalibration.none().withWake(CLASS, L1_RETAINED, Duration.ofMillis(-1), 1))
        .hasMessageContaining("must not be negative");
  }
}
