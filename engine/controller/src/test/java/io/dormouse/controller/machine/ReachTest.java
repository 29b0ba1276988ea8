package io.dormouse.controller.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.checkpoint.agentapi.proto.Abilities;
import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.NodeId;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReachTest {
  private static final NodeId FULL = new NodeId("full");
  private static final NodeId PLAIN = new NodeId("plain");
  private static final Abilities IMAGES =
      Abilities.newBuilder().setFreeze(true).setImage(true).setData(true).build();
  private static final Abilities FREEZE = Abilities.newBuilder().setFreeze(true).build();

  private final Reach reach = new Reach();

  @Test
  void an_instance_gets_where_its_own_agent_can_take_it() {
    assertThat(reach.heard(FULL, IMAGES)).isTrue();
    assertThat(reach.heard(PLAIN, FREEZE)).isFalse();

    assertThat(reach.at(FULL))
        .containsExactly(
            HibernationLevel.L1_RETAINED,
            HibernationLevel.L2_DATA_SNAPSHOT,
            HibernationLevel.L3_FULL_SNAPSHOT);
    assertThat(reach.at(PLAIN)).containsExactly(HibernationLevel.L1_RETAINED);
    assertThat(reach.restoresAt(PLAIN)).isFalse();
  }

  @Test
  void nothing_is_within_reach_of_an_agent_that_was_not_heard() {
    assertThat(reach.at(FULL)).isEmpty();
    assertThat(reach.of(Optional.empty(), HibernationLevel.AWAKE, false, true)).isEmpty();
  }

  @Test
  void
      an_image_is_within_reach_while_any_agent_restores_and_a_frozen_process_while_its_own_is_heard() {
    reach.heard(FULL, IMAGES);
    assertThat(reach.of(Optional.empty(), HibernationLevel.L3_FULL_SNAPSHOT, false, true))
        .containsExactly(HibernationLevel.L3_FULL_SNAPSHOT);

    assertThat(reach.heard(FULL, FREEZE)).as("nobody restores any more").isTrue();

    assertThat(reach.of(Optional.empty(), HibernationLevel.L3_FULL_SNAPSHOT, false, true))
        .isEmpty();
    assertThat(reach.of(Optional.of(PLAIN), HibernationLevel.L1_RETAINED, false, true)).isEmpty();
    assertThat(reach.of(Optional.of(PLAIN), HibernationLevel.L1_RETAINED, true, true))
        .containsExactly(HibernationLevel.L1_RETAINED);
  }

  @Test
  void copiesOnFastStorageAreForNodesThatHaveSomeAndTheirImagesForAll() {
    Abilities lazy = IMAGES.toBuilder().setLazy(true).build();
    reach.heard(FULL, lazy);
    reach.heard(PLAIN, FREEZE.toBuilder().setLazy(true).build());

    assertThat(reach.at(FULL)).contains(HibernationLevel.L4_KERNEL_SNAPSHOT);
    assertThat(reach.at(PLAIN)).containsExactly(HibernationLevel.L1_RETAINED);
    assertThat(reach.of(Optional.of(PLAIN), HibernationLevel.L4_KERNEL_SNAPSHOT, false, true))
        .contains(HibernationLevel.L3_FULL_SNAPSHOT, HibernationLevel.L4_KERNEL_SNAPSHOT);
    assertThat(reach.of(Optional.of(FULL), HibernationLevel.L3_FULL_SNAPSHOT, true, true))
        .doesNotContain(HibernationLevel.L4_KERNEL_SNAPSHOT);

    reach.heard(FULL, FREEZE);
    assertThat(reach.of(Optional.of(FULL), HibernationLevel.L4_KERNEL_SNAPSHOT, true, true))
        .doesNotContain(HibernationLevel.L4_KERNEL_SNAPSHOT);
  }

  @Test
  void what_is_known_to_fail_leaves_images_out_but_not_those_that_are_there() {
    reach.heard(FULL, IMAGES.toBuilder().setLazy(true).build());

    assertThat(reach.of(Optional.of(FULL), HibernationLevel.AWAKE, true, false))
        .containsExactly(HibernationLevel.L1_RETAINED, HibernationLevel.L2_DATA_SNAPSHOT);
    assertThat(reach.of(Optional.empty(), HibernationLevel.L3_FULL_SNAPSHOT, true, false))
        .containsExactly(HibernationLevel.L3_FULL_SNAPSHOT);
  }
}
