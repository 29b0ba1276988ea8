package io.dormouse.yarn.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dormouse.engine.model.HibernationLevel;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.InstancePhase;
import io.dormouse.engine.model.NodeId;
import io.dormouse.engine.model.Resources;
import io.dormouse.engine.model.TaskId;
import io.dormouse.engine.model.WorkloadClassId;
import io.dormouse.engine.spi.ClusterAdapter;
import io.dormouse.engine.spi.ClusterAdapterFactory;
import io.dormouse.engine.spi.EmbeddedSite;
import io.dormouse.engine.spi.Epoch;
import io.dormouse.engine.spi.RunningSite;
import io.dormouse.engine.spi.RunningWorkload;
import io.dormouse.engine.spi.SchedulerCommand;
import io.dormouse.engine.spi.SchedulerEvent;
import io.dormouse.engine.spi.SiteNode;
import io.dormouse.engine.spi.WorkloadEvent;
import io.dormouse.engine.spi.WorkloadRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Real daemons, a real application, a script in place of launcher, agent and worker. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class YarnSiteIT {
  private static final WorkloadClassId KIND = new WorkloadClassId("counter");
  private static final long MEBIBYTE = 1L << 20;

  /** A worker's virtual machine starts within seconds, or within a minute where others build. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final Epoch EPOCH = new Epoch(1, 1);

  private Path root;
  private Path state;
  private RunningSite site;

  @BeforeAll
  void start() throws Exception {
    root = Files.createTempDirectory("dormouse-yarn-it");
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
    // Nobody but the owner may look into the installation, as in a private home.
    Path installation = Files.createDirectories(root.resolve("private/installation"));
    Files.setPosixFilePermissions(
        root.resolve("private"), PosixFilePermissions.fromString("rwx------"));
    TestInstallation.create(installation);
    Path work = Files.createDirectories(root.resolve("work"));
    state = Files.createDirectories(root.resolve("state"));
    Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwxrwxrwx"));
    try (InputStream script = YarnSiteIT.class.getResourceAsStream("/stand-in-launcher.sh")) {
      Files.copy(script, root.resolve("launcher.sh"));
    }
    List<SiteNode> nodes =
        Stream.of("node-1", "node-2", "node-3")
            .map(
                name ->
                    new SiteNode(
                        new NodeId(name),
                        root.resolve(name + ".sock"),
                        Resources.of(8_000, 1024 * MEBIBYTE)))
            .toList();
    site =
        embedded().start(new EmbeddedSite.Request(installation, work, "nobody", nodes), this::say);
  }

  @AfterAll
  void stop() throws Exception {
    long start = System.nanoTime();
    if (site != null) {
      site.close();
    }
    say("site stopped after %.1f s".formatted((System.nanoTime() - start) / 1e9));
    assertThat(processesUnder(root)).isEmpty();
    TestInstallation.deleteAll(root);
  }

  @Test
  @Order(1)
  void keeps_workers_warm_and_ends_them_after_the_keep_alive() throws Exception {
    List<WorkloadEvent> events = new CopyOnWriteArrayList<>();
    try (RunningWorkload pool = site.deploy(request(Duration.ofSeconds(2), false))) {
      pool.subscribe(events::add);
      pool.submit(new TaskId("t1"), KIND, "hello");
      awaitDone(events, "t1");
      pool.submit(new TaskId("t2"), KIND, "it's \"quoted\" $HOME");
      awaitDone(events, "t2");

      await().atMost(PATIENCE).until(() -> phases(events).contains(InstancePhase.ENDED));
    }
    assertThat(phases(events))
        .as("one worker served both tasks")
        .containsSubsequence(InstancePhase.BUSY, InstancePhase.IDLE, InstancePhase.BUSY)
        .containsOnlyOnce(InstancePhase.ENDED);
    events.stream()
        .filter(WorkloadEvent.InstanceChanged.class::isInstance)
        .forEach(event -> say(event.toString()));
  }

  @Test
  @Order(2)
  void hibernation_gives_memory_to_a_waiting_application_and_a_wake_takes_a_new_container()
      throws Exception {
    List<WorkloadEvent> events = new CopyOnWriteArrayList<>();
    List<SchedulerEvent> seen = new CopyOnWriteArrayList<>();
    try (RunningWorkload pool = site.deploy(request(Duration.ofMinutes(1), true));
        ClusterAdapter adapter = adapter()) {
      pool.subscribe(events::add);
      adapter.start(seen::add);
      await().atMost(PATIENCE).until(() -> nodesSeen(seen) == 3 && isPoolSeen(seen));
      adapter.charge(EPOCH, Duration.ofMinutes(5));
      adapter.execute(EPOCH, new SchedulerCommand.Start("s1", KIND));
      adapter.execute(EPOCH, new SchedulerCommand.Start("s2", KIND));
      await().atMost(PATIENCE).until(() -> idle(events).size() == 2);
      String plain = site.submitPlain(768 * MEBIBYTE);
      InstanceId instance = idle(events).get(0);
      pool.submit(new TaskId("t1"), KIND, "");
      pool.submit(new TaskId("t2"), KIND, "");
      awaitDone(events, "t1");
      awaitDone(events, "t2");
      assertThat(site.isRunning(plain)).as("there is no room for it").isFalse();

      hibernate(adapter, seen, instance);

      await().atMost(PATIENCE).until(() -> site.isRunning(plain));
      site.kill(plain);
      long start = System.nanoTime();
      adapter.execute(EPOCH, new SchedulerCommand.Allocate("a1", instance));
      await().atMost(PATIENCE).until(() -> proofs(events).size() == 1);
      say("wake with a new container took %.2f s".formatted((System.nanoTime() - start) / 1e9));
      assertThat(proofs(events).get(0).instance()).isEqualTo(instance);
      assertThat(proofs(events).get(0).mismatch()).isEmpty();

      site.restartNode(new NodeId("node-1"));
      site.restartNode(new NodeId("node-2"));
      site.restartNode(new NodeId("node-3"));
      pool.submit(new TaskId("t3"), KIND, "");
      awaitDone(events, "t3");
      assertThat(phases(events)).as("all survived").doesNotContain(InstancePhase.ENDED);
    }
  }

  @Test
  @Order(3)
  void a_plan_releases_containers_of_workers_only_and_none_of_an_older_leader() throws Exception {
    List<WorkloadEvent> events = new CopyOnWriteArrayList<>();
    try (RunningWorkload pool = site.deploy(request(Duration.ofMinutes(1), true));
        PlanServer leader = new PlanServer(site.adapterSettings().get("plugin.listen"))) {
      pool.subscribe(events::add);
      pool.submit(new TaskId("t1"), KIND, "");
      awaitDone(events, "t1");
      List<String> before = leader.containers();
      assertThat(before).as("the master's and the worker's").hasSize(2);

      leader.release(5, before);

      await().atMost(PATIENCE).until(() -> phases(events).contains(InstancePhase.ENDED));
      pool.submit(new TaskId("t2"), KIND, "");
      awaitDone(events, "t2");
      List<String> after = leader.containers();
      assertThat(after).as("the master goes on").containsAnyElementsOf(before).hasSize(2);

      leader.release(4, after);

      pool.submit(new TaskId("t3"), KIND, "");
      awaitDone(events, "t3");
      assertThat(leader.containers()).isEqualTo(after);
    }
  }

  private void hibernate(ClusterAdapter adapter, List<SchedulerEvent> seen, InstanceId instance)
      throws IOException {
    adapter.execute(
        EPOCH, new SchedulerCommand.Quiesce("q1", instance, HibernationLevel.L3_FULL_SNAPSHOT));
    await().until(() -> seen.contains(new SchedulerEvent.CommandDone("q1")));
    Files.createFile(state.resolve(instance + ".hibernate"));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                seen.stream()
                    .filter(SchedulerEvent.ClusterChanged.class::isInstance)
                    .map(SchedulerEvent.ClusterChanged.class::cast)
                    .flatMap(change -> change.delta().instances().stream())
                    .anyMatch(
                        now ->
                            now.id().equals(instance)
                                && now.level() == HibernationLevel.L3_FULL_SNAPSHOT
                                && now.allocated().equals(Resources.NONE)));
  }

  private WorkloadRequest request(Duration keepAlive, boolean engine) {
    return new WorkloadRequest(
        "warm",
        List.of("/bin/bash", root.resolve("launcher.sh").toString(), state.toString()),
        List.of(
            new WorkloadRequest.WorkerClass(
                KIND, List.of("worker", "it's $odd"), Resources.of(1_000, 768 * MEBIBYTE))),
        keepAlive,
        engine);
  }

  private ClusterAdapter adapter() {
    return ServiceLoader.load(ClusterAdapterFactory.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(factory -> factory.scheduler().equals("yarn"))
        .findFirst()
        .orElseThrow()
        .create(site.adapterSettings());
  }

  private static EmbeddedSite embedded() {
    return ServiceLoader.load(EmbeddedSite.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(candidate -> candidate.name().equals("yarn"))
        .findFirst()
        .orElseThrow();
  }

  private static void awaitDone(List<WorkloadEvent> events, String task) {
    await(task)
        .atMost(PATIENCE)
        .until(
            () ->
                events.stream()
                    .anyMatch(
                        event ->
                            event instanceof WorkloadEvent.TaskDone done
                                && done.task().value().equals(task)
                                && !done.duplicate()));
  }

  private static List<InstancePhase> phases(List<WorkloadEvent> events) {
    return events.stream()
        .filter(WorkloadEvent.InstanceChanged.class::isInstance)
        .map(event -> ((WorkloadEvent.InstanceChanged) event).phase())
        .toList();
  }

  private static List<InstanceId> idle(List<WorkloadEvent> events) {
    return events.stream()
        .filter(WorkloadEvent.InstanceChanged.class::isInstance)
        .map(WorkloadEvent.InstanceChanged.class::cast)
        .filter(event -> event.phase() == InstancePhase.IDLE)
        .map(WorkloadEvent.InstanceChanged::instance)
        .distinct()
        .toList();
  }

  private static List<WorkloadEvent.StateProved> proofs(List<WorkloadEvent> events) {
    return events.stream()
        .filter(WorkloadEvent.StateProved.class::isInstance)
        .map(WorkloadEvent.StateProved.class::cast)
        .toList();
  }

  private static boolean isPoolSeen(List<SchedulerEvent> seen) {
    return seen.stream()
        .filter(SchedulerEvent.ClusterChanged.class::isInstance)
        .anyMatch(event -> !((SchedulerEvent.ClusterChanged) event).delta().classes().isEmpty());
  }

  private static long nodesSeen(List<SchedulerEvent> seen) {
    return seen.stream()
        .filter(SchedulerEvent.ClusterChanged.class::isInstance)
        .flatMap(event -> ((SchedulerEvent.ClusterChanged) event).delta().nodes().stream())
        .filter(node -> node.healthy())
        .map(node -> node.id())
        .distinct()
        .count();
  }

  private static List<Long> processesUnder(Path root) {
    return ProcessHandle.allProcesses()
        .filter(
            process -> {
              try {
                return Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd"))
                    .startsWith(root);
              } catch (IOException | SecurityException e) {
                return false;
              }
            })
        .map(ProcessHandle::pid)
        .toList();
  }

  private void say(String line) {
    System.out.println(line);
  }
}
