package io.dormouse.controller.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.dormouse.controller.machine.Coordination.Change;
import io.dormouse.engine.spi.Epoch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ModeSwitchTest {
  private final List<Change> written = new ArrayList<>();
  private final Registry registry =
      new Registry(
          new Coordination() {
            @Override
            public void write(Epoch epoch, long ticket, ImmutableList<Change> changes) {
              written.addAll(changes);
            }

            @Override
            public void resign(String reason) {}
          });

  @BeforeEach
  void lead() {
    registry.load(new Epoch(1, 7), List.of());
  }

  @Test
  void aPauseIsWrittenDownAndKeptByTheNextLeader() {
    ModeSwitch mode = new ModeSwitch(Mode.ACT, registry);
    mode.lead(false);
    assertThat(mode.mode()).isEqualTo(Mode.ACT);

    mode.set(new Input.ModeSet(Mode.OBSERVE, "maintenance"));
    assertThat(mode.mode()).isEqualTo(Mode.OBSERVE);
    assertThat(written).containsExactly(new Change.SetPaused(true));
    mode.lead(true);
    assertThat(mode.mode()).isEqualTo(Mode.OBSERVE);

    mode.set(new Input.ModeSet(Mode.ACT, "done"));
    assertThat(mode.mode()).isEqualTo(Mode.ACT);
    assertThat(written).endsWith(new Change.SetPaused(false));
  }

  @Test
  void anOldResumeDoesNotMakeAControllerActThatIsToObserve() {
    ModeSwitch mode = new ModeSwitch(Mode.OBSERVE, registry);
    mode.lead(false);
    mode.set(new Input.ModeSet(Mode.ACT, "try it"));
    assertThat(mode.mode()).isEqualTo(Mode.ACT);

    mode.lead(false);

    assertThat(mode.mode()).isEqualTo(Mode.OBSERVE);
  }
}
