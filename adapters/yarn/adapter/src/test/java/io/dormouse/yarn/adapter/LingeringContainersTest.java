package io.dormouse.yarn.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.engine.spi.Epoch;
import io.dormouse.yarn.warmpool.proto.InstanceState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LingeringContainersTest {
  private static final Epoch EPOCH = new Epoch(3, 7);
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final LingeringContainers lingering = new LingeringContainers(GRACE);

  private void apply(String phase, String container, long seconds) {
    lingering.apply(
        InstanceState.newBuilder()
            .setInstance("web-1")
            .setPhase(phase)
            .setContainer(container)
            .build(),
        at(seconds));
  }

  private Optional<String> plan(long seconds, boolean truncated, String... shown) {
    PluginView view = new PluginView(1, 0, truncated, List.of(), List.of(), List.of(shown));
    return lingering.plan(view, EPOCH, at(seconds));
  }

  private static Instant at(long seconds) {
    return Instant.ofEpochSecond(seconds);
  }

  @Test
  void aHibernatedInstancesContainerIsReleasedAfterTheGrace() {
    apply("IDLE", "c1", 0);
    apply("HIBERNATED", "", 10);

    assertThat(plan(14, false, "c1", "c2")).isEmpty();
    assertThat(plan(15, false, "c1", "c2"))
        .contains("dormouse-plan 1\nepoch 3 7\nvalid-millis 10000\nrelease c1\nend\n");
  }

  @Test
  void oneThatIsGoneIsForgottenUnlessTheViewWasCutShort() {
    apply("IDLE", "c1", 0);
    apply("HIBERNATED", "", 10);

    assertThat(plan(20, true, "c2")).isEmpty();
    assertThat(plan(21, false, "c1")).isPresent();
    assertThat(plan(22, false, "c2")).isEmpty();
    assertThat(plan(23, false, "c1")).isEmpty();
  }

  @Test
  void oneOfAnInstanceThatIsFrozenInPlaceOrEndedIsNotReleased() {
    apply("IDLE", "c1", 0);
    apply("HIBERNATED", "c1", 10);
    assertThat(plan(20, false, "c1")).isEmpty();

    apply("ENDED", "", 21);
    assertThat(plan(40, false, "c1")).isEmpty();
  }
}
