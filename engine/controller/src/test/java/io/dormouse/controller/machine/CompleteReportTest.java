package io.dormouse.controller.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.engine.model.Instance;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.plan.Action;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The scheduler reports all it has again, since the connection to it had broken. */
class CompleteReportTest {
  private static final Instance OLD = PlayedCell.instance("old", InstancePhase.BUSY);
  private static final Instance NEW = PlayedCell.instance("new", InstancePhase.STARTING);

  private final PlayedCell cell = new PlayedCell().lead(List.of(), OLD);

  private long starting() {
    return cell.seen.values().stream()
        .filter(instance -> instance.phase() == InstancePhase.STARTING)
        .count();
  }

  @Test
  void whatWasKnownBeforeIsNotTheStartThatIsExpected() {
    cell.decide(new Action.Start(PlayedCell.CLASS));
    cell.pass(cell.settings.beat());
    assertThat(starting()).isEqualTo(1);

    cell.report(true, OLD);
    cell.pass(cell.settings.beat());
    assertThat(starting()).as("the expected one").isEqualTo(1);

    cell.report(true, OLD, NEW);
    cell.pass(cell.settings.beat());
    assertThat(cell.seen).hasSize(2);
    assertThat(starting()).as("it has come").isEqualTo(1);
  }
}
