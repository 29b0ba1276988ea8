package io.dormouse.yarn.warmpool;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerCommand;
import io.dormouse.engine.spi.WorkloadEvent;
import io.dormouse.engine.spi.WorkloadRequest.WorkerClass;
import io.dormouse.yarn.warmpool.PoolCommand.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WarmPoolTest {
  static final WorkloadClassId KIND = new WorkloadClassId("kind");
  static final Epoch LEADER = new Epoch(1, 1);
  static final Duration LEASE = Duration.ofSeconds(15);
  static final WorkerClass CLASS =
      new WorkerClass(KIND, List.of("worker"), Resources.of(1_000, 100));

  private final FakeCluster cluster = new FakeCluster();
  private int requests;

  static PoolSpec spec(boolean engine) {
    return new PoolSpec(
        "p", List.of(CLASS), Duration.ofSeconds(10), engine, PoolSpec.Limits.DEFAULT);
  }

  private WarmPool pool(boolean engine) {
    return new WarmPool(spec(engine), cluster, cluster);
  }

  private WarmPool charged() {
    WarmPool pool = pool(true);
    pool.charge(LEADER, LEASE);
    return pool;
  }

  private Outcome submit(WarmPool pool, String task) {
    return pool.submit(new TaskId(task), KIND, "x");
  }

  private Outcome order(WarmPool pool, SchedulerCommand command) {
    return pool.execute(new PoolCommand(LEADER, command));
  }

  private String id() {
    return "r" + ++requests;
  }

  private InstanceId idle(WarmPool pool) {
    order(pool, new SchedulerCommand.Start(id(), KIND));
    InstanceId instance = cluster.allocate(pool);
    cluster.say(pool, cluster.connect(pool, instance), "READY d 0");
    return instance;
  }

  private long linkOf(InstanceId instance) {
    return cluster.links.entrySet().stream()
        .filter(entry -> entry.getValue().equals(instance))
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  private InstanceId hibernated(WarmPool pool) {
    InstanceId instance = idle(pool);
    order(pool, new SchedulerCommand.Quiesce(id(), instance, HibernationLevel.L3_FULL_SNAPSHOT));
    cluster.complete(pool, instance, WarmPool.HIBERNATED_EXIT_CODE);
    return instance;
  }

  @Nested
  class WithoutEngine {
    @Test
    void a_task_starts_a_worker_which_serves_and_ends_after_the_keep_alive() {
      WarmPool pool = pool(false);
      submit(pool, "t1");
      InstanceId instance = cluster.allocate(pool);
      long link = cluster.connect(pool, instance);
      cluster.say(pool, link, "READY d 0");
      assertThat(cluster.sent).contains(link + " TASK t1 x");
      cluster.say(pool, link, "DONE t1 1 result");

      cluster.pass(Duration.ofSeconds(9));
      pool.tick();
      assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.IDLE);
      cluster.pass(Duration.ofSeconds(1));
      pool.tick();

      assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.ENDED);
      assertThat(cluster.containers).isEmpty();
      assertThat(cluster.of(WorkloadEvent.TaskDone.class)).hasSize(1);
    }

    @Test
    void one_start_serves_all_that_wait() {
      WarmPool pool = pool(false);
      submit(pool, "t1");
      submit(pool, "t2");
      assertThat(cluster.requests).hasSize(1);
      InstanceId instance = cluster.allocate(pool);
      long link = cluster.connect(pool, instance);
      cluster.say(pool, link, "READY d 0");
      cluster.say(pool, link, "DONE t1 1 r");

      assertThat(cluster.sent).contains(link + " TASK t2 x");
      assertThat(cluster.requests).isEmpty();
    }

    @Test
    void another_is_started_once_a_task_has_waited_long_for_a_busy_one() {
      WarmPool pool = pool(false);
      submit(pool, "t1");
      InstanceId instance = cluster.allocate(pool);
      cluster.say(pool, cluster.connect(pool, instance), "READY d 0");
      submit(pool, "t2");
      assertThat(cluster.requests).isEmpty();

      cluster.pass(PoolSpec.Limits.DEFAULT.scaleOutPatience());
      pool.tick();

      assertThat(cluster.requests).hasSize(1);
    }

    @Test
    void a_task_of_a_dead_worker_is_tried_again_and_given_up_in_the_end() {
      WarmPool pool = pool(false);
      submit(pool, "t1");
      for (int attempt = 1; attempt <= PoolSpec.Limits.DEFAULT.attemptsMax(); attempt++) {
        assertThat(cluster.of(WorkloadEvent.TaskLost.class)).isEmpty();
        InstanceId instance = cluster.allocate(pool);
        cluster.say(pool, cluster.connect(pool, instance), "READY d 0");
        cluster.complete(pool, instance, 137);
      }

      assertThat(cluster.of(WorkloadEvent.TaskStarted.class)).hasSize(3);
      assertThat(cluster.of(WorkloadEvent.TaskLost.class)).hasSize(1);
      assertThat(cluster.requests).isEmpty();
    }

    @Test
    void an_unfinished_task_is_taken_once() {
      WarmPool pool = pool(false);
      submit(pool, "t1");
      submit(pool, "t1");

      assertThat(pool.queued()).hasSize(1);
      assertThat(cluster.of(WorkloadEvent.TaskArrived.class)).hasSize(1);
    }

    @Test
    void refuses_what_it_cannot_hand_over() {
      WarmPool pool = pool(false);

      assertThat(pool.submit(new TaskId("t"), new WorkloadClassId("other"), ""))
          .isInstanceOf(Outcome.Refused.class);
      assertThat(pool.submit(new TaskId("t"), KIND, "two\nlines"))
          .isInstanceOf(Outcome.Refused.class);
      assertThat(cluster.requests).isEmpty();
    }
  }

  @Nested
  class WithController {
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

      assertThat(cluster.phase(quiesced))
          .as("it waits to be thawed")
          .isEqualTo(InstancePhase.WAKING);
      cluster.say(pool, linkOf(quiesced), "PROOF n1 0 d 0 f");
      assertThat(cluster.phase(quiesced)).isEqualTo(InstancePhase.BUSY);
    }

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

  @Nested
  class Workers {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "HELLO",
          "READY d 0",
          "DONE other 1 r",
          "DONE t1 2 r",
          "DONE t1 x r",
          "PROOF n 1 d",
          "ERROR expected TASK"
        })
    void a_line_that_makes_no_sense_ends_the_worker_and_the_task_is_tried_again(String line) {
      WarmPool pool = charged();
      InstanceId instance = idle(pool);
      submit(pool, "t1");

      cluster.say(pool, linkOf(instance), line);

      assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.ENDED);
      assertThat(cluster.containers).isEmpty();
      assertThat(pool.queued()).hasSize(1);
    }

    @Test
    void a_counter_that_stands_still_tells_a_duplicate() {
      WarmPool pool = charged();
      InstanceId instance = idle(pool);
      submit(pool, "t1");
      cluster.say(pool, linkOf(instance), "DONE t1 0 r duplicate");

      assertThat(cluster.of(WorkloadEvent.TaskDone.class))
          .singleElement()
          .extracting(WorkloadEvent.TaskDone::duplicate)
          .isEqualTo(true);
    }

    @Test
    void a_relay_that_comes_back_gets_the_task_again_and_one_that_does_not_ends_the_worker() {
      WarmPool pool = charged();
      InstanceId instance = idle(pool);
      submit(pool, "t1");
      long first = linkOf(instance);
      pool.workerGone(instance, first);
      long second = cluster.connect(pool, instance);
      assertThat(cluster.sent).contains(first + " TASK t1 x", second + " TASK t1 x");

      pool.workerGone(instance, second);
      cluster.pass(PoolSpec.Limits.DEFAULT.reconnectTimeout());
      pool.tick();

      assertThat(cluster.phase(instance)).isEqualTo(InstancePhase.ENDED);
    }

    @Test
    void a_stranger_is_cut_off() {
      WarmPool pool = charged();
      long link = cluster.connect(pool, new InstanceId("unknown"));

      assertThat(cluster.links).doesNotContainKey(link);
    }
  }
}
