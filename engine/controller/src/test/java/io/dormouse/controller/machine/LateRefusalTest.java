package io.dormouse.controller.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.plan.Action;
import io.dormouse.engine.spi.Epoch;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A refusal of an older leadership's write comes when the next one has begun. */
class LateRefusalTest {
  @Test
  void itDoesNotEndTheLeadershipThatFollowed() {
    PlayedCell cell =
        new PlayedCell()
            .lead(
                List.of(PlayedCell.imaged("w")),
                PlayedCell.instance("w", InstancePhase.HIBERNATED));

    cell.input(new Input.Fenced(new Epoch(1, 6), 1, "this leadership is over"));

    cell.decide(new Action.Wake(new InstanceId("w"), HibernationLevel.L3_FULL_SNAPSHOT));
    assertThat(cell.dispositions).containsExactly("carried out");
  }
}
