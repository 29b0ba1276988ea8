package io.dormouse.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dormouse.engine.hibernation.NextUse;
import io.dormouse.engine.model.SnapshotDelta;
import io.dormouse.engine.model.WorkloadClassId;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LearnedNextUseTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final WorkloadClassId CLASS = new WorkloadClassId("web");

  private static SnapshotDelta.Arrival arrival(WorkloadClassId id, double seconds) {
    return new SnapshotDelta.Arrival(id, at(seconds));
  }

  private static Instant at(double seconds) {
    return START.plusMillis((long) (seconds * 1_000));
  }

  private static LearnedNextUse create() {
    return LearnedNextUse.create(LearningSettings.DEFAULT);
  }

  /** Arrivals at even times; the last at {@code (count - 1) * gap}. */
  private static LearnedNextUse periodic(
      LearnedNextUse learned, WorkloadClassId id, int count, double gap) {
    LearnedNextUse next = learned;
    for (int i = 0; i < count; i++) {
      next = next.observe(arrival(id, i * gap));
    }
    return next;
  }

  @Test
  void saysNothingBeforeItHasSeenAGap() {
    assertThat(create().nextUse(CLASS, START)).isEmpty();
    assertThat(create().observe(arrival(CLASS, 0)).nextUse(CLASS, START))
        .hasValueSatisfying(use -> assertThat(use.trust()).isEqualTo(1));
  }

  @Test
  void learnsAPeriodAndTrustsIt() {
    NextUse use =
        periodic(create(), CLASS, 40, 600).nextUse(CLASS, at(39 * 600 + 60)).orElseThrow();

    assertThat(use.trust()).isLessThan(0.3);
    assertThat(use.survivalAfter(400)).isGreaterThan(0.9);
    assertThat(use.survivalAfter(700)).isLessThan(0.1);
  }

  @Test
  void theIdleAgeCounts() {
    LearnedNextUse learned = periodic(create(), CLASS, 40, 600);
    NextUse late = learned.nextUse(CLASS, at(39 * 600 + 590)).orElseThrow();
    NextUse overdue = learned.nextUse(CLASS, at(39 * 600 + 6_000)).orElseThrow();

    assertThat(late.survivalAfter(120)).isLessThan(0.1);
    assertThat(overdue.survivalAfter(120)).isGreaterThan(0.8);
  }

  @Test
  void forgetsWhatWasLongAgo() {
    LearnedNextUse learned = periodic(create(), CLASS, 100, 600);
    double last = 99 * 600;
    for (int i = 1; i <= 200; i++) {
      learned = learned.observe(arrival(CLASS, last + i * 10));
    }
    NextUse use = learned.nextUse(CLASS, at(last + 2_000)).orElseThrow();

    assertThat(use.survivalAfter(15)).isLessThan(0.1);
    assertThat(use.trust()).isLessThan(0.3);
  }

  @Test
  void losesTrustWhenItsForecastsFail() {
    LearnedNextUse learned = periodic(create(), CLASS, 60, 600);
    double before = learned.nextUse(CLASS, at(59 * 600 + 1)).orElseThrow().trust();
    double now = 59 * 600;
    double[] strange = {3, 40_000, 0.7, 7_000, 90_000, 30, 1.4, 3_000, 200, 20_000};
    for (double gap : strange) {
      now += gap;
      learned = learned.observe(arrival(CLASS, now));
    }
    double after = learned.nextUse(CLASS, at(now + 1)).orElseThrow().trust();

    assertThat(before).isLessThan(0.2);
    assertThat(after).isEqualTo(1);
  }

  @Test
  void doesNotTrustItselfOnGapsWithoutAnyPattern() {
    Random random = new Random(3);
    LearnedNextUse learned = create();
    double now = 0;
    for (int i = 0; i < 300; i++) {
      now += 0.1 * StrictMath.pow(10, 7 * random.nextDouble());
      learned = learned.observe(arrival(CLASS, now));
    }
    assertThat(learned.nextUse(CLASS, at(now + 1)).orElseThrow().trust()).isGreaterThan(0.5);
  }

  @Test
  void classesWithoutGapsOfTheirOwnBorrowThoseOfAllOthers() {
    LearnedNextUse learned = create();
    for (int i = 0; i < 20; i++) {
      learned = periodic(learned, new WorkloadClassId("c" + i), 20, 60);
    }
    NextUse unseen = learned.nextUse(new WorkloadClassId("new"), at(0)).orElseThrow();

    assertThat(unseen.survivalAfter(40)).isGreaterThan(0.8);
    assertThat(unseen.survivalAfter(90)).isLessThan(0.2);
    assertThat(unseen.trust()).isEqualTo(1);
  }

  @Test
  void trustIsFixedWithinAnIdlePeriod() {
    LearnedNextUse learned = periodic(create(), CLASS, 40, 600);
    double before = learned.nextUse(CLASS, at(39 * 600 + 1)).orElseThrow().trust();
    LearnedNextUse later = periodic(learned, new WorkloadClassId("other"), 50, 17);

    assertThat(later.nextUse(CLASS, at(39 * 600 + 500)).orElseThrow().trust()).isEqualTo(before);
  }

  @Test
  void burstsAndOldArrivalsAreNoGaps() {
    LearnedNextUse learned = periodic(create(), CLASS, 40, 600);
    LearnedNextUse burst =
        learned
            .observe(arrival(CLASS, 39 * 600 + 0.05))
            .observe(arrival(CLASS, 39 * 600 + 0.1))
            .observe(arrival(CLASS, 39 * 600 - 5));
    Instant now = at(39 * 600 + 60.1);

    assertThat(burst.nextUse(CLASS, now).orElseThrow().survivalAfter(400)).isGreaterThan(0.9);
    assertThat(learned.observe(arrival(CLASS, 0))).isSameAs(learned);
  }

  @Test
  void remembersNoMoreClassesThanItMay() {
    LearningSettings small = new LearningSettings(0.98, 0.999, 1, 5, 0.1, 100);
    LearnedNextUse learned = LearnedNextUse.create(small);
    for (int i = 0; i < 1_000; i++) {
      learned = learned.observe(arrival(new WorkloadClassId("c" + i), i));
      assertThat(learned.classCount()).isLessThanOrEqualTo(100);
    }
    assertThat(learned.classCount()).isGreaterThanOrEqualTo(75);
  }

  @Test
  void isAPureFunctionOfItsArrivals() {
    NextUse one = periodic(create(), CLASS, 30, 77).nextUse(CLASS, at(30 * 77)).orElseThrow();
    NextUse other = periodic(create(), CLASS, 30, 77).nextUse(CLASS, at(30 * 77)).orElseThrow();

    assertThat(other.size()).isEqualTo(one.size());
    for (int i = 0; i < one.size(); i++) {
      assertThat(other.edgeSeconds(i)).isEqualTo(one.edgeSeconds(i));
      assertThat(other.survival(i)).isEqualTo(one.survival(i));
    }
    assertThat(other.trust()).isEqualTo(one.trust());
  }

  @Test
  void refusesImpossibleSettings() {
    assertThatThrownBy(() -> new LearningSettings(98, 0.9, 1, 1, 0.1, 1))
        .hasMessageContaining("keepOfClass (98.0)");
    assertThatThrownBy(() -> new LearningSettings(0.9, 0.9, 1, 1, 0.1, 0))
        .hasMessageContaining("classesMax (0)");
  }
}
