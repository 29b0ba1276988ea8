package io.dormouse.yarn.warmpool;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerCommand;
import io.dormouse.yarn.warmpool.PoolCommand.Outcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Who decides, and what becomes of what a controller left behind. */
class WarmPoolChargeTest extends WarmPoolFixture {
  @Test
  void leaves_decisions_to_the_controller_that_is_in_charge() {
    WarmPool pool = charged();
    submit(pool, "t1");
    for (int i = 0; i < 60; i++) {
      cluster.pass(Duration.ofSeconds(1));
      pool.charge(LEADER, LEASE);
      pool.tick();
    }

    assertThat(cluster.requests).isEmpty();
    assertThat(pool.queued()).hasSize(1);
  }

  @Test
  void serves_at_once_where_a_controller_only_observes() {
    WarmPool pool = pool(true);
    pool.charge(LEADER, Duration.ZERO);
    order(pool, new SchedulerCommand.Resume(id(), new InstanceId("unknown")));
    submit(pool, "t1");

    assertThat(cluster.requests).hasSize(1);
  }

  @Test
  void serves_once_the_controller_pauses_and_ends_what_is_idle_for_long() {
    WarmPool pool = charged();
    InstanceId instance = idle(pool);
    cluster.pass(Duration.ofSeconds(14));
    pool.tick();
    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.IDLE);
    submit(pool, "t1");
    submit(pool, "t2");
    cluster.pass(PoolSpec.Limits.DEFAULT.scaleOutPatience());
    pool.charge(LEADER, LEASE);
    assertThat(cluster.requests).isEmpty();

    pool.charge(LEADER, Duration.ZERO);

    assertThat(cluster.requests).hasSize(1);
    cluster.say(pool, linkOf(instance), "DONE t1 1 r");
    cluster.say(pool, linkOf(instance), "DONE t2 2 r");
    cluster.pass(spec(true).keepAlive());
    pool.tick();
    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.ENDED);
  }

  @Test
  void serves_once_a_hanging_controller_has_been_silent_for_its_lease() {
    WarmPool pool = charged();
    submit(pool, "t1");
    cluster.pass(LEASE.minusMillis(1));
    pool.tick();
    assertThat(cluster.requests).isEmpty();

    cluster.pass(Duration.ofMillis(1));
    pool.tick();

    assertThat(cluster.requests).hasSize(1);
  }

  @Test
  void hears_the_newest_leader_only() {
    WarmPool pool = charged();
    pool.charge(new Epoch(1, 2), Duration.ZERO);

    assertThat(pool.charge(LEADER, LEASE)).isInstanceOf(Outcome.Refused.class);
    submit(pool, "t1");

    assertThat(cluster.requests).hasSize(1);
  }

  @Test
  void a_first_command_that_overtakes_its_charge_is_carried_out() {
    WarmPool pool = pool(true);
    submit(pool, "t1");
    InstanceId instance = cluster.allocate(pool);
    cluster.say(pool, cluster.connect(pool, instance), "READY d 0");
    cluster.say(pool, linkOf(instance), "DONE t1 1 r");

    order(pool, new SchedulerCommand.Quiesce(id(), instance, HibernationLevel.L1_RETAINED));
    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.HIBERNATED);
    pool.charge(LEADER, LEASE);
    cluster.pass(PoolSpec.Limits.DEFAULT.reclaimAfter());
    pool.tick();

    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.HIBERNATED);
  }

  @Test
  void a_lease_that_makes_no_sense_is_refused() {
    WarmPool pool = pool(true);

    assertThat(pool.charge(LEADER, Duration.ofMillis(-1))).isInstanceOf(Outcome.Refused.class);
    assertThat(pool.charge(LEADER, Duration.ofHours(1))).isInstanceOf(Outcome.Refused.class);
    assertThat(pool(false).charge(LEADER, LEASE)).isInstanceOf(Outcome.Refused.class);
  }

  @Test
  void a_task_does_not_wait_for_a_wake_that_only_a_controller_can_finish() {
    WarmPool pool = charged();
    InstanceId instance = hibernated(pool);
    order(pool, new SchedulerCommand.Allocate(id(), instance));
    cluster.allocate(pool);
    submit(pool, "t1");
    assertThat(cluster.requests).isEmpty();

    cluster.pass(LEASE);
    pool.tick();

    assertThat(cluster.requests).hasSize(1);
  }

  @Test
  void a_task_waits_for_a_frozen_instance_no_longer_than_for_a_busy_one() {
    WarmPool pool = charged();
    InstanceId frozen = idle(pool);
    order(pool, new SchedulerCommand.Quiesce(id(), frozen, HibernationLevel.L1_RETAINED));
    cluster.pass(LEASE);
    submit(pool, "t1");
    assertThat(cluster.phase(frozen)).isEqualTo(InstancePhase.WAKING);
    assertThat(cluster.requests).isEmpty();

    cluster.pass(PoolSpec.Limits.DEFAULT.scaleOutPatience());
    pool.tick();

    assertThat(cluster.requests).hasSize(1);
  }

  @Test
  void a_hibernation_that_ends_while_nobody_is_in_charge_is_one() {
    WarmPool pool = charged();
    InstanceId instance = idle(pool);
    order(pool, new SchedulerCommand.Quiesce(id(), instance, HibernationLevel.L3_FULL_SNAPSHOT));
    cluster.pass(LEASE);
    pool.tick();
    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.WAKING);

    cluster.complete(pool, instance, WarmPool.HIBERNATED_EXIT_CODE);

    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.HIBERNATED);
  }

  @Test
  void images_that_nobody_can_wake_give_way_to_tasks() {
    WarmPool pool = charged();
    InstanceId first = hibernated(pool);
    for (int i = 1; i < PoolSpec.Limits.DEFAULT.instancesMax(); i++) {
      hibernated(pool);
    }
    cluster.pass(LEASE);

    submit(pool, "t1");

    assertThat(cluster.requests).hasSize(1);
    assertThat(cluster.phase(first)).isEqualTo(InstancePhase.ENDED);
  }

  @Test
  void reclaims_what_is_out_of_rotation_when_no_controller_is_in_charge() {
    WarmPool pool = charged();
    InstanceId quiesced = idle(pool);
    order(pool, new SchedulerCommand.Quiesce(id(), quiesced, HibernationLevel.L3_FULL_SNAPSHOT));
    pool.charge(LEADER, Duration.ZERO);
    submit(pool, "t1");

    cluster.pass(PoolSpec.Limits.DEFAULT.reclaimAfter());
    pool.tick();

    assertThat(cluster.phase(quiesced)).as("it waits to be thawed").isEqualTo(InstancePhase.WAKING);
    cluster.say(pool, linkOf(quiesced), "PROOF n1 0 d 0 f");
    assertThat(cluster.phase(quiesced)).isEqualTo(InstancePhase.BUSY);
  }

  @Test
  void a_reclaimed_instance_is_hibernated_when_its_dump_is_finished_after_all() {
    WarmPool pool = charged();
    InstanceId instance = idle(pool);
    order(pool, new SchedulerCommand.Quiesce(id(), instance, HibernationLevel.L3_FULL_SNAPSHOT));
    cluster.pass(LEASE);
    pool.tick();
    cluster.say(pool, linkOf(instance), "PROOF n1 0 d 0 f");
    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.IDLE);

    cluster.complete(pool, instance, WarmPool.HIBERNATED_EXIT_CODE);

    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.HIBERNATED);
  }

  @Test
  void a_reclaimed_instance_that_is_resumed_has_to_answer_in_time() {
    WarmPool pool = charged();
    InstanceId instance = idle(pool);
    order(pool, new SchedulerCommand.Quiesce(id(), instance, HibernationLevel.L1_RETAINED));
    cluster.pass(LEASE);
    pool.tick();
    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.WAKING);
    order(pool, new SchedulerCommand.Resume(id(), instance));

    cluster.pass(PoolSpec.Limits.DEFAULT.answerTimeout());
    pool.tick();

    assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.ENDED);
  }
}
