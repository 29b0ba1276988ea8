package io.dormouse.controller.simulation;

import com.google.common.collect.ImmutableSet;
import io.dormouse.controller.machine.MachineSettings;
import io.dormouse.controller.machine.Mode;
import io.dormouse.engine.model.NodeId;
import java.time.Duration;
import java.util.Collection;

/** Settings of simulated controllers: short, so that much happens in a minute. */
final class SimSettings {
  private static final MachineSettings.Patience PATIENCE =
      new MachineSettings.Patience(
          Duration.ofSeconds(2),
          Duration.ofSeconds(3),
          Duration.ofSeconds(8),
          Duration.ofSeconds(8),
          Duration.ofSeconds(8),
          Duration.ofMillis(800),
          Duration.ofSeconds(3),
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          Duration.ofSeconds(15));

  private SimSettings() {}

  static MachineSettings of(Collection<String> agents) {
    return new MachineSettings(
        "cell",
        Mode.ACT,
        agents.stream().map(NodeId::new).collect(ImmutableSet.toImmutableSet()),
        Duration.ofMillis(500),
        Duration.ofSeconds(5),
        PATIENCE,
        MachineSettings.Limits.DEFAULT);
  }
}
