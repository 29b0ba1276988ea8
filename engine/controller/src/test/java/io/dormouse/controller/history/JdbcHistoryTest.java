package io.dormouse.controller.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.collect.ImmutableList;
import io.dormouse.controller.machine.ActionOutcome;
import io.dormouse.controller.machine.Disposition;
import io.dormouse.controller.machine.Intent;
import io.dormouse.controller.machine.Kind;
import io.dormouse.controller.machine.Result;
import io.dormouse.controller.machine.Step;
import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.explain.RejectedOption;
import io.dormouse.engine.explain.Term;
import io.dormouse.engine.explain.Terms;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.Money;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.plan.Action;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdbcHistoryTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir Path folder;

  private HistoryDatabase open() {
    return HistoryDatabase.open("jdbc:h2:file:" + folder.resolve("history"));
  }

  @Test
  void keepsDecisionsWithTheirTermsAndOutcomesOverARestart() {
    try (JdbcHistory history = new JdbcHistory(open(), 1_000)) {
      history.decided(decision("d-1"), Disposition.CARRIED_OUT);
      history.decided(decision("d-2"), Disposition.not("observed only"));
      history.ended(outcome("d-1"));
    }
    HistoryDatabase again = open();
    assertThat(again.decisions(10, Optional.empty()))
        .extracting(DecisionRow::id)
        .containsExactly("d-2", "d-1");
    assertThat(again.decisions(10, Optional.of("d-2")))
        .extracting(DecisionRow::id)
        .containsExactly("d-1");
    DecisionRow row = again.decision("d-1").orElseThrow();
    assertThat(row.terms()).isEqualTo("{\"saved_holding\":0.5,\"wake_wait\":-0.125}");
    assertThat(row.netValueUsd()).isEqualTo(0.375);
    assertThat(row.rejected()).contains("terminate").contains("too dear");
    assertThat(again.outcomes("d-1"))
        .singleElement()
        .satisfies(
            outcome -> {
              assertThat(outcome.totalMicros()).isEqualTo(2_500_000);
              assertThat(outcome.activeMicros()).isEqualTo(1_250_000);
              assertThat(outcome.imageBytes()).isEqualTo(4_096);
            });
    assertThat(again.decision("d-3")).isEmpty();
  }

  @Test
  void forgetsTheOldest() {
    HistoryDatabase database = open();
    try (JdbcHistory history = new JdbcHistory(database, 100)) {
      for (int i = 0; i < 1_500; i++) {
        history.decided(decision("d-" + i), Disposition.CARRIED_OUT);
      }
      await().atMost(Duration.ofMinutes(1)).until(() -> database.decision("d-1499").isPresent());
    }
    assertThat(database.decisions(10_000, Optional.empty()).size()).isBetween(100, 1_100);
    assertThat(database.decision("d-0")).isEmpty();
    assertThat(database.decision("d-1499")).isPresent();
  }

  @Test
  void dropsAndCountsWhatTheDatabaseRefuses() {
    JdbcHistory history = new JdbcHistory(open(), 1_000);
    history.decided(decision("twice"), Disposition.CARRIED_OUT);
    history.close();
    JdbcHistory again = new JdbcHistory(open(), 1_000);
    again.decided(decision("twice"), Disposition.CARRIED_OUT);
    again.close();
    assertThat(again.dropped()).isEqualTo(1);
  }

  @Test
  void oneDuplicateTakesNothingElseWithIt() {
    HistoryDatabase database = open();
    DecisionRow row = DecisionRow.of(decision("twice"), Disposition.CARRIED_OUT);
    database.write(List.of(row), List.of());
    try (JdbcHistory history = new JdbcHistory(database, 1_000)) {
      for (String id : List.of("before", "twice", "after")) {
        history.decided(decision(id), Disposition.CARRIED_OUT);
        history.ended(outcome(id));
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> !database.outcomes("after").isEmpty());
      assertThat(history.dropped()).isEqualTo(1);
    }
    assertThat(database.decisions(10, Optional.empty()))
        .extracting(DecisionRow::id)
        .containsExactlyInAnyOrder("twice", "before", "after");
    assertThat(database.outcomes("twice")).hasSize(1);
  }

  private static DecisionRecord decision(String id) {
    return new DecisionRecord(
        id,
        NOW,
        7,
        "c-1",
        "m-1",
        new Action.Hibernate(
            new InstanceId("w/1"), HibernationLevel.AWAKE, HibernationLevel.L3_FULL_SNAPSHOT),
        "it is idle",
        Terms.of(
            new Term("saved_holding", new Money(0.5)), new Term("wake_wait", new Money(-0.125))),
        ImmutableList.of(new RejectedOption("terminate", new Money(-1), "too dear")));
  }

  private static ActionOutcome outcome(String decision) {
    Intent intent =
        new Intent(
            "a-1",
            Kind.HIBERNATE,
            decision,
            Optional.of(new InstanceId("w/1")),
            new WorkloadClassId("worker"),
            HibernationLevel.AWAKE,
            HibernationLevel.L3_FULL_SNAPSHOT,
            Step.RELEASE_ALLOCATION,
            0,
            0,
            Optional.empty(),
            "image",
            "",
            "life",
            Optional.empty(),
            "",
            NOW);
    return new ActionOutcome(
        intent, Result.DONE, "", NOW.plusMillis(2_500), Duration.ofMillis(1_250), 4_096, "1 2");
  }
}
