package io.dormouse.yarn.warmpool;

import static org.assertj.core.api.Assertions.assertThat;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerCommand;
import io.dormouse.engine.spi.WorkloadEvent;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random worlds: whatever happens, no task is lost silently and no container is held for nobody.
 */
class WarmPoolSeedsTest {
  private static final int SEEDS = 200;
  private static final int STEPS = 400;

  static Stream<Long> seeds() {
    return Stream.iterate(1L, seed -> seed + 1).limit(SEEDS);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void every_task_ends_once(long seed) {
    Run run = new Run(seed);
    for (int step = 0; step < STEPS; step++) {
      run.step();
      run.checkContainers();
    }
    run.settle();
    run.checkTasks();
  }

  private static final class Run {
    private final Random random;
    private final FakeCluster cluster = new FakeCluster();
    private final WarmPool pool;
    private final Map<InstanceId, Long> counters = new HashMap<>();
    private final Map<InstanceId, String> lastTask = new HashMap<>();
    private final Set<TaskId> submitted = new HashSet<>();
    private int read;
    private int requests;

    Run(long seed) {
      random = new Random(seed);
      pool = new WarmPool(WarmPoolFixture.spec(random.nextBoolean()), cluster, cluster);
    }

    void step() {
      switch (random.nextInt(9)) {
        case 0 -> submit();
        case 1, 2 -> allocateAndConnect();
        case 3, 4 -> answer();
        case 5 -> command();
        case 6 -> kill();
        case 7 -> charge(random.nextInt(2));
        default -> pass(Duration.ofMillis(random.nextInt(8_000)));
      }
    }

    private void submit() {
      TaskId task = new TaskId("t" + submitted.size());
      submitted.add(task);
      pool.submit(task, WarmPoolFixture.KIND, "x");
    }

    private void allocateAndConnect() {
      if (!cluster.requests.isEmpty()) {
        InstanceId instance = cluster.allocate(pool);
        long link = cluster.connect(pool, instance);
        if (!cluster.attached.getOrDefault(instance, false)) {
          counters.put(instance, 0L);
          cluster.say(pool, link, "READY d 0");
        }
      }
    }

    /** Every worker answers what it was sent since the last time. */
    private void answer() {
      for (; read < cluster.sent.size(); read++) {
        String[] words = cluster.sent.get(read).split(" ", -1);
        if (!words[0].equals("requeued")) {
          reply(Long.parseLong(words[0]), words[1], words[2]);
        }
      }
    }

    private void reply(long link, String verb, String argument) {
      InstanceId instance = cluster.links.get(link);
      if (instance == null) {
        return;
      }
      if (verb.equals("TASK")) {
        if (!argument.equals(lastTask.put(instance, argument))) {
          counters.merge(instance, 1L, Long::sum);
        }
        cluster.say(pool, link, "DONE %s %d r".formatted(argument, counters.get(instance)));
      } else {
        long counter = counters.getOrDefault(instance, 0L);
        cluster.say(
            pool, link, "PROOF %s %d d %d f%d".formatted(argument, counter, counter, counter));
      }
    }

    private void command() {
      List<InstanceView> all = pool.instances();
      String id = "r" + ++requests;
      if (all.isEmpty() || random.nextInt(4) == 0) {
        execute(new SchedulerCommand.Start(id, WarmPoolFixture.KIND));
        return;
      }
      InstanceId instance = all.get(random.nextInt(all.size())).id();
      switch (random.nextInt(6)) {
        case 0, 1 ->
            execute(new SchedulerCommand.Quiesce(id, instance, HibernationLevel.L3_FULL_SNAPSHOT));
        case 2 -> execute(new SchedulerCommand.Resume(id, instance));
        case 3 -> execute(new SchedulerCommand.Allocate(id, instance));
        case 4 -> execute(new SchedulerCommand.Release(id, instance));
        default -> execute(new SchedulerCommand.Terminate(id, instance));
      }
    }

    private void execute(SchedulerCommand command) {
      assertThat(pool.execute(new PoolCommand(new Epoch(1, 1), command))).isNotNull();
    }

    private void charge(int inCharge) {
      pool.charge(WarmPoolFixture.LEADER, WarmPoolFixture.LEASE.multipliedBy(inCharge));
    }

    private void kill() {
      if (!cluster.containers.isEmpty()) {
        List<InstanceId> held = List.copyOf(cluster.containers.values());
        InstanceId instance = held.get(random.nextInt(held.size()));
        boolean quiesced = cluster.phase(instance) == InstancePhase.HIBERNATING;
        cluster.complete(pool, instance, quiesced ? WarmPool.HIBERNATED_EXIT_CODE : 137);
      }
    }

    private void pass(Duration time) {
      cluster.pass(time);
      pool.tick();
    }

    /** The world behaves from now on, and no controller is there. */
    void settle() {
      pool.charge(WarmPoolFixture.LEADER, Duration.ZERO);
      for (int i = 0; i < 200; i++) {
        pass(Duration.ofSeconds(1));
        while (!cluster.requests.isEmpty()) {
          allocateAndConnect();
        }
        answer();
      }
    }

    void checkContainers() {
      Set<String> known = new HashSet<>();
      for (InstanceView view : pool.instances()) {
        view.container().ifPresent(container -> known.add(container.id()));
      }
      assertThat(cluster.containers.keySet()).isEqualTo(known);
    }

    void checkTasks() {
      Set<TaskId> ended = new HashSet<>();
      cluster.of(WorkloadEvent.TaskDone.class).forEach(done -> once(ended, done.task()));
      cluster.of(WorkloadEvent.TaskLost.class).forEach(lost -> once(ended, lost.task()));
      assertThat(ended).isEqualTo(submitted);
      assertThat(cluster.of(WorkloadEvent.StateProved.class))
          .allMatch(proved -> proved.mismatch().isEmpty());
    }

    private static void once(Set<TaskId> ended, TaskId task) {
      assertThat(ended.add(task)).as("%s ended once", task).isTrue();
    }
  }
}
