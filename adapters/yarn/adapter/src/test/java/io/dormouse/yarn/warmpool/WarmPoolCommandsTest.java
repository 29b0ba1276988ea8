package io.dormouse.yarn.warmpool;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerCommand;
import io.dormouse.engine.spi.WorkloadEvent;
import io.dormouse.yarn.warmpool.PoolCommand.Outcome;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a controller's commands do. */
class WarmPoolCommandsTest extends WarmPoolFixture {
  @Test
  void a_hibernated_instance_holds_nothing_and_wakes_in_another_container() {
    WarmPool pool = charged();
    InstanceId instance = hibernated(pool);
    assertThat(cluster.view(instance).level()).isEqualTo(HibernationLevel.L3_FULL_SNAPSHOT);
    assertThat(cluster.view(instance).container()).isEmpty();
    submit(pool, "t1");

    order(pool, new SchedulerCommand.Allocate(id(), instance));
    assertThat(cluster.allocate(pool)).isEqualTo(instance);
    assertThat(cluster.attached).containsEntry(instance, true);
    long link = cluster.connect(pool, instance);
    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.WAKING);
    cluster.say(pool, link, "PROOF n1 0 d 0 f");

    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.BUSY);
    assertThat(cluster.of(WorkloadEvent.StateProved.class))
        .singleElement()
        .extracting(WorkloadEvent.StateProved::mismatch)
        .isEqualTo(Optional.empty());
  }

  @Test
  void a_wish_for_a_node_is_passed_on_as_its_host() {
    WarmPool pool = charged();
    InstanceId instance = hibernated(pool);
    NodeId near = new NodeId("host-7:45454");

    order(pool, new SchedulerCommand.Allocate(id(), instance, Optional.of(near)));

    assertThat(cluster.wishes).containsEntry(instance, near);
    assertThat(YarnContainers.host(near)).isEqualTo("host-7");
    assertThat(YarnContainers.host(new NodeId("host-7"))).isEqualTo("host-7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PROOF n1 1 d 1 f", "PROOF n1 0 other 0 f", "PROOF n1 0 d 7 f"})
  void another_state_after_a_wake_is_told_and_ends_the_instance(String proof) {
    WarmPool pool = charged();
    InstanceId instance = hibernated(pool);
    order(pool, new SchedulerCommand.Allocate(id(), instance));
    cluster.allocate(pool);
    cluster.say(pool, cluster.connect(pool, instance), proof);

    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.ENDED);
    assertThat(cluster.of(WorkloadEvent.StateProved.class).get(0).mismatch()).isPresent();
  }

  @Test
  void a_failed_wake_leaves_the_instance_hibernated() {
    WarmPool pool = charged();
    InstanceId instance = hibernated(pool);
    order(pool, new SchedulerCommand.Allocate(id(), instance));
    cluster.allocate(pool);
    cluster.complete(pool, instance, 82);
    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.HIBERNATED);

    order(pool, new SchedulerCommand.Allocate(id(), instance));
    cluster.pass(PoolSpec.Limits.DEFAULT.attachTimeout());
    pool.tick();

    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.HIBERNATED);
    assertThat(cluster.requests).as("the request was taken back").isEmpty();
  }

  @Test
  void an_exit_that_is_no_hibernation_ends_a_quiesced_instance() {
    WarmPool pool = charged();
    InstanceId instance = idle(pool);
    order(pool, new SchedulerCommand.Quiesce(id(), instance, HibernationLevel.L3_FULL_SNAPSHOT));
    cluster.complete(pool, instance, 0);

    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.ENDED);
  }

  @Test
  void a_busy_instance_is_not_quiesced() {
    WarmPool pool = charged();
    InstanceId instance = idle(pool);
    submit(pool, "t1");

    assertThat(
            order(
                pool,
                new SchedulerCommand.Quiesce(id(), instance, HibernationLevel.L3_FULL_SNAPSHOT)))
        .isInstanceOf(Outcome.Refused.class);
    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.BUSY);
  }

  @Test
  void a_resumed_instance_proves_its_state_before_it_serves() {
    WarmPool pool = charged();
    InstanceId instance = idle(pool);
    order(pool, new SchedulerCommand.Quiesce(id(), instance, HibernationLevel.L1_RETAINED));
    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.HIBERNATED);
    submit(pool, "t1");
    order(pool, new SchedulerCommand.Resume(id(), instance));
    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.WAKING);
    assertThat(cluster.view(instance).level()).isEqualTo(HibernationLevel.L1_RETAINED);

    cluster.say(pool, linkOf(instance), "PROOF n1 0 d 0 f");

    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.BUSY);
  }

  @Test
  void a_resume_before_the_relay_is_there_is_done_and_no_task_goes_to_a_frozen_instance() {
    WarmPool pool = charged();
    InstanceId instance = hibernated(pool);
    submit(pool, "t1");
    order(pool, new SchedulerCommand.Allocate(id(), instance));
    assertThat(order(pool, new SchedulerCommand.Resume(id(), instance)))
        .as("it has no launcher that could have been restored")
        .isInstanceOf(Outcome.Refused.class);
    cluster.allocate(pool);

    assertThat(order(pool, new SchedulerCommand.Resume(id(), instance)))
        .isEqualTo(new Outcome.Done());
    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.WAKING);
    assertThat(pool.queued()).hasSize(1);
    long link = cluster.connect(pool, instance);
    assertThat(cluster.sent.get(cluster.sent.size() - 1)).isEqualTo(link + " PROVE n1");
    cluster.say(pool, link, "PROOF n1 0 d 0 f");

    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.BUSY);
  }

  @Test
  void a_resumed_instance_whose_relay_never_comes_ends() {
    WarmPool pool = charged();
    InstanceId instance = hibernated(pool);
    order(pool, new SchedulerCommand.Allocate(id(), instance));
    cluster.allocate(pool);
    order(pool, new SchedulerCommand.Resume(id(), instance));

    cluster.pass(PoolSpec.Limits.DEFAULT.reconnectTimeout());
    pool.tick();

    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.ENDED);
  }

  @Test
  void a_request_id_is_carried_out_once_and_an_older_leader_refused() {
    WarmPool pool = charged();
    SchedulerCommand start = new SchedulerCommand.Start("once", KIND);
    pool.execute(new PoolCommand(new Epoch(1, 5), start));
    pool.execute(new PoolCommand(new Epoch(1, 5), start));
    assertThat(cluster.requests).hasSize(1);

    Outcome old =
        pool.execute(new PoolCommand(new Epoch(1, 4), new SchedulerCommand.Start("old", KIND)));

    assertThat(old).isInstanceOf(Outcome.Refused.class);
    assertThat(cluster.requests).hasSize(1);
  }
}
