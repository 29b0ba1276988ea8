package io.dormouse.yarn.warmpool;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.WorkloadEvent;
import io.dormouse.yarn.warmpool.PoolCommand.Outcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tasks and workers. */
class WarmPoolTest extends WarmPoolFixture {

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
