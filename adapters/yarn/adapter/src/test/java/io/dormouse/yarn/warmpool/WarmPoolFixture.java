package io.dormouse.yarn.warmpool;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.SchedulerCommand;
import io.dormouse.engine.spi.WorkloadRequest.WorkerClass;
import io.dormouse.yarn.warmpool.PoolCommand.Outcome;
import java.time.Duration;
import java.util.List;

/** A pool in virtual time, and what tests do to it. */
abstract class WarmPoolFixture {
  static final WorkloadClassId KIND = new WorkloadClassId("kind");
  static final Epoch LEADER = new Epoch(1, 1);
  static final Duration LEASE = Duration.ofSeconds(15);
  static final WorkerClass CLASS =
      new WorkerClass(KIND, List.of("worker"), Resources.of(1_000, 100));

  final FakeCluster cluster = new FakeCluster();
  int requests;

  static PoolSpec spec(boolean engine) {
    return new PoolSpec(
        "p", List.of(CLASS), Duration.ofSeconds(10), engine, PoolSpec.Limits.DEFAULT);
  }

  WarmPool pool(boolean engine) {
    return new WarmPool(spec(engine), cluster, cluster);
  }

  WarmPool charged() {
    WarmPool pool = pool(true);
    pool.charge(LEADER, LEASE);
    return pool;
  }

  Outcome submit(WarmPool pool, String task) {
    return pool.submit(new TaskId(task), KIND, "x");
  }

  Outcome order(WarmPool pool, SchedulerCommand command) {
    return pool.execute(new PoolCommand(LEADER, command));
  }

  String id() {
    return "r" + ++requests;
  }

  InstanceId idle(WarmPool pool) {
    order(pool, new SchedulerCommand.Start(id(), KIND));
    InstanceId instance = cluster.allocate(pool);
    cluster.say(pool, cluster.connect(pool, instance), "READY d 0");
    return instance;
  }

  long linkOf(InstanceId instance) {
    return cluster.links.entrySet().stream()
        .filter(entry -> entry.getValue().equals(instance))
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  InstanceId hibernated(WarmPool pool) {
    InstanceId instance = idle(pool);
    order(pool, new SchedulerCommand.Quiesce(id(), instance, HibernationLevel.L3_FULL_SNAPSHOT));
    cluster.complete(pool, instance, WarmPool.HIBERNATED_EXIT_CODE);
    return instance;
  }
}
