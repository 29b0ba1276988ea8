package io.dormouse.controller.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.dormouse.engine.explain.DecisionRecord;
import io.dormouse.engine.explain.Terms;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.spi.Epoch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DecisionLogTest {
  @Test
  void noTwoLeadershipsMakeDecisionsOfTheSameName() {
    Stream<Epoch> leaderships =
        Stream.of(new Epoch(1, 7), new Epoch(1, 8), new Epoch(2, 7), new Epoch(2, 8));

    assertThat(leaderships.map(epoch -> DecisionLog.unique(decision(), epoch).id()))
        .doesNotHaveDuplicates();
  }

  private static DecisionRecord decision() {
    return new DecisionRecord(
        "d-1-0",
        PlayedCell.START,
        1,
        "c",
        "m",
        new Action.Start(PlayedCell.CLASS),
        "a test wants it",
        Terms.of(),
        ImmutableList.of());
  }
}
