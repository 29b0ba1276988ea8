package io.dormouse.controller.machine;

import static io.dormouse.controller.machine.PlayedCell.ONE;
import static io.dormouse.controller.machine.PlayedCell.host;
import static io.dormouse.controller.machine.PlayedCell.instance;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.plan.Action;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What agents learned from failed dumps is heeded, and forgotten when they say so. */
class NoImageTest {
  private static final InstanceId ID = new InstanceId("w");
  private static final String WHY = "a dump of its kind failed: no luck";

  private final PlayedCell cell =
      new PlayedCell()
          .holding(ONE, "w", InstanceState.RUNNING)
          .lead(List.of(), instance("w", InstancePhase.IDLE, Optional.of(host(ONE))));

  private boolean imageWithinReach() {
    cell.pass(cell.settings.beat());
    return cell.seen.get(ID).reachable().contains(HibernationLevel.L3_FULL_SNAPSHOT);
  }

  private void wantImage() {
    cell.decide(
        new Action.Hibernate(ID, HibernationLevel.AWAKE, HibernationLevel.L3_FULL_SNAPSHOT));
  }

  @Test
  void the_engine_sees_no_image_within_reach_until_the_agent_thinks_better_of_it() {
    assertThat(imageWithinReach()).isTrue();

    cell.learns(ONE, "w", WHY);
    assertThat(imageWithinReach()).isFalse();
    assertThat(cell.seen.get(ID).reachable()).contains(HibernationLevel.L1_RETAINED);

    cell.learns(ONE, "w", "");
    assertThat(imageWithinReach()).isTrue();
  }

  @Test
  void an_image_that_is_wanted_nevertheless_is_refused_with_the_reason_and_a_freeze_is_not() {
    cell.learns(ONE, "w", WHY);

    wantImage();
    assertThat(cell.schedulerCommands).isEmpty();
    assertThat(cell.dispositions).last().asString().contains(WHY);

    cell.decide(new Action.Hibernate(ID, HibernationLevel.AWAKE, HibernationLevel.L1_RETAINED));
    assertThat(cell.schedulerCommands).hasSize(1);
  }

  @Test
  void a_move_is_refused_with_the_reason() {
    cell.learns(ONE, "w", WHY);

    cell.decide(new Action.Move(ID, host(PlayedCell.TWO)));

    assertThat(cell.schedulerCommands).isEmpty();
    assertThat(cell.dispositions).last().asString().contains(WHY);
  }

  @Test
  void without_a_word_against_it_an_image_is_taken() {
    wantImage();

    assertThat(cell.schedulerCommands).hasSize(1);
  }
}
