package io.dormouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.RunningWorkload;
import io.dormouse.engine.spi.WorkloadEvent;
import io.dormouse.engine.spi.WorkloadEvent.InstanceChanged;
import io.dormouse.engine.spi.WorkloadEvent.StateProved;
import io.dormouse.engine.spi.WorkloadEvent.TaskDone;
import io.dormouse.engine.spi.WorkloadEvent.TaskLost;
import io.dormouse.engine.spi.WorkloadRequest;
import io.dormouse.engine.spi.WorkloadRequest.WorkerClass;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Warm workers on a cell, one class per name, and what happened to them. */
final class Pool implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(45);

  /** So much that a dump can be caught at it. */
  private static final int BALLAST_MEBIBYTES = 300;

  private static final long REQUEST_BYTES = 512L << 20;

  private final RunningWorkload workload;
  private final List<WorkloadEvent> events = new CopyOnWriteArrayList<>();
  private int tasks;

  private Pool(RunningWorkload workload) {
    this.workload = workload;
    workload.subscribe(events::add);
  }

  static Pool deploy(TestCell cell, List<String> classes) throws IOException, InterruptedException {
    List<WorkerClass> kinds =
        classes.stream()
            .map(
                name ->
                    new WorkerClass(
                        new WorkloadClassId(name),
                        List.of(
                            "/usr/bin/perl",
                            cell.files().worker().toString(),
                            name,
                            "" + BALLAST_MEBIBYTES),
                        Resources.of(1_000, REQUEST_BYTES)))
            .toList();
    return new Pool(
        cell.site()
            .deploy(
                new WorkloadRequest(
                    classes.get(0), launcher(), kinds, Duration.ofMinutes(10), true)));
  }

  static List<String> launcher() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin/java").toString(),
        "-Xshare:auto",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Xmx64m",
        "-cp",
        Children.INSTALLATION.resolve("lib") + "/*",
        "io.dormouse.checkpoint.launcher.LauncherMain");
  }

  /** Submits a task. */
  TaskId submit(String name) throws IOException {
    TaskId task = new TaskId("%s-t%d".formatted(name, ++tasks));
    workload.submit(task, new WorkloadClassId(name), "x");
    return task;
  }

  /** Waits for the end of a task; the instance that did it. */
  InstanceId awaitDone(TaskId task) {
    await(task + " to be done").atMost(PATIENCE).until(() -> done(task).findAny().isPresent());
    return done(task).findFirst().orElseThrow().instance();
  }

  /** Submits a task and waits for its end; the instance that did it. */
  InstanceId runTask(String name) throws IOException {
    return awaitDone(submit(name));
  }

  private Stream<TaskDone> done(TaskId task) {
    return all(TaskDone.class).filter(done -> done.task().equals(task));
  }

  private <E extends WorkloadEvent> Stream<E> all(Class<E> type) {
    return events.stream().filter(type::isInstance).map(type::cast);
  }

  /** The last that was heard of each instance. */
  private Map<InstanceId, InstanceChanged> last() {
    Map<InstanceId, InstanceChanged> last = new LinkedHashMap<>();
    all(InstanceChanged.class).forEach(change -> last.put(change.instance(), change));
    return last;
  }

  /** All instances that there ever were. */
  Set<InstanceId> instances() {
    return last().keySet();
  }

  Set<InstanceId> ended() {
    return last().values().stream()
        .filter(change -> change.phase() == InstancePhase.ENDED)
        .map(InstanceChanged::instance)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Waits until an instance rests at a level. */
  void awaitLevel(InstanceId instance, HibernationLevel level) {
    await(instance + " to be at " + level)
        .atMost(PATIENCE)
        .until(() -> is(instance, InstancePhase.HIBERNATED) && last(instance).level() == level);
  }

  /** Waits until an instance waits for tasks. */
  void awaitIdle(InstanceId instance) {
    await(instance + " to be idle").atMost(PATIENCE).until(() -> is(instance, InstancePhase.IDLE));
  }

  /** Whether an instance waits for tasks or for a wake. */
  boolean rests(InstanceId instance) {
    return is(instance, InstancePhase.IDLE) || is(instance, InstancePhase.HIBERNATED);
  }

  private boolean is(InstanceId instance, InstancePhase phase) {
    return last(instance).phase() == phase;
  }

  private InstanceChanged last(InstanceId instance) {
    return java.util.Objects.requireNonNull(last().get(instance));
  }

  /** No task was lost or run twice, and every woken instance proved its state. */
  void assertNothingLost() {
    assertThat(all(TaskLost.class)).isEmpty();
    assertThat(all(TaskDone.class).map(TaskDone::task)).hasSize(tasks).doesNotHaveDuplicates();
    assertThat(all(TaskDone.class)).noneMatch(TaskDone::duplicate);
    assertThat(all(StateProved.class)).allMatch(proved -> proved.mismatch().isEmpty());
  }

  /** How often an instance has proved its state. */
  long proofs(InstanceId instance) {
    return all(StateProved.class).filter(proved -> proved.instance().equals(instance)).count();
  }

  /** Every event so far, one a line, for a failure's message. */
  String history() {
    return events.stream().map(WorkloadEvent::toString).collect(Collectors.joining("\n"));
  }

  @Override
  public void close() {
    workload.close();
  }
}
