package io.dormouse.controller.machine;

import com.google.common.collect.ImmutableList;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this leader acts. A pause is durable, so that the leaders that follow keep it; what is
 * not paused goes by the configuration, so that an old word of an operator never makes a controller
 * act that is to observe.
 */
final class ModeSwitch {
  private static final Logger LOG = LoggerFactory.getLogger(ModeSwitch.class);

  private final Mode configured;
  private final Registry registry;
  private Mode mode;

  ModeSwitch(Mode configured, Registry registry) {
    this.configured = configured;
    this.registry = registry;
    this.mode = configured;
  }

  Mode mode() {
    return mode;
  }

  /** A leadership begins. */
  void lead(boolean paused) {
    mode = paused ? Mode.OBSERVE : configured;
  }

  /** An operator of this leader has set it. */
  void set(Input.ModeSet set) {
    LOG.info("mode={} reason=\"{}\"", set.mode(), set.reason());
    mode = set.mode();
    boolean paused = mode == Mode.OBSERVE;
    var unused =
        registry.write(
            ImmutableList.of(new Coordination.Change.SetPaused(paused)), Optional.empty());
  }
}
