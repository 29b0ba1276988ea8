package io.dormouse.controller.machine;

import static io.dormouse.controller.machine.PlayedCell.ONE;
import static io.dormouse.controller.machine.PlayedCell.TWO;
import static io.dormouse.controller.machine.PlayedCell.host;
import static io.dormouse.controller.machine.PlayedCell.instance;
import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.Host;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.plan.Action;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A move to where the image can't be restored is refused before anything is touched. */
class MoveVerdictTest {
  private static final InstanceId ID = new InstanceId("w");

  private final PlayedCell cell = new PlayedCell().holding(ONE, "w", InstanceState.RUNNING);

  private static Host of(String kernel, String... features) {
    return Host.newBuilder()
        .setEngine("capsule")
        .setToolVersion("criu 4.2")
        .setKernelRelease(kernel)
        .addAllCpuFeatures(List.of(features))
        .build();
  }

  private void moves(Host source, Host target) {
    cell.hosts.hosts.put(ONE, source);
    cell.hosts.hosts.put(TWO, target);
    cell.lead(List.of(), instance("w", InstancePhase.IDLE, Optional.of(host(ONE))));
    cell.decide(new Action.Move(ID, host(TWO)));
  }

  @Test
  void to_an_older_kernel_or_a_lesser_cpu_it_is_refused_with_all_reasons() {
    moves(of("6.1", "avx2", "sse2"), of("5.10", "sse2"));

    assertThat(cell.schedulerCommands).isEmpty();
    assertThat(cell.agentCommands).isEmpty();
    assertThat(cell.dispositions)
        .last()
        .asString()
        .contains("can't be restored at host-two", "5.10 is older", "lacks avx2");
  }

  @Test
  void to_a_host_that_can_do_more_it_begins() {
    moves(of("5.10", "sse2"), of("6.1", "avx2", "sse2"));

    assertThat(cell.schedulerCommands).hasSize(1);
  }
}
