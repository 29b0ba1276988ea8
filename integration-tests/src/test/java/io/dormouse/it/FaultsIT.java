package io.dormouse.it;

import static io.dormouse.engine.model.HibernationLevel.L1_RETAINED;
import static io.dormouse.engine.model.HibernationLevel.L3_FULL_SNAPSHOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.dormouse.cli.up.run.Provisioning;
import io.dormouse.engine.model.InstanceId;
import io.dormouse.engine.model.NodeId;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Real daemons that are killed at the worst moment. Needs root, CRIU and runc. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultsIT {
  /** The launcher's exit code when an agent says no. */
  private static final int REFUSED = 82;

  private TestCell cell;

  @BeforeAll
  void start() throws Exception {
    boolean root = "root".equals(System.getProperty("user.name"));
    assumeTrue(root, "capsules need root");
    Provisioning host = Provisioning.run(false, root, line -> {});
    assumeTrue(host.report().imagesWork(), () -> String.join("\n", host.missing()));
    cell = TestCell.start();
  }

  @AfterAll
  void stop() throws Exception {
    if (cell != null) {
      assertThat(cell.close()).as("what is left of the cell").isEmpty();
    }
  }

  @Test
  void aDumpWhoseControllerIsKilledIsFinishedOrRolledBackByTheNextOne() throws Exception {
    try (Scene scene = Scene.open(cell, Prices.IMAGING, "killed")) {
      InstanceId worker = scene.pool.runTask("killed");
      try (HeldDump dump = HeldDump.catchNext(cell)) {
        scene.killController();
        scene.startController();
        dump.letGoOn();
      }
      scene.awaitRest(worker);

      assertAnswersAndKnowsAll(scene, worker, "killed");
      scene.endAndAssertNothingLeft();
    }
  }

  @Test
  void aDumpThatNobodyWaitsForIsRolledBackWhenItsLeaseEnds() throws Exception {
    try (Scene scene = Scene.open(cell, Prices.IMAGING, "rollback")) {
      InstanceId worker = scene.pool.runTask("rollback");
      try (HeldDump dump = HeldDump.catchNext(cell)) {
        scene.killController();
        dump.letGoOn();
        awaitThawOf(worker);
      }
      scene.startController();
      scene.awaitRest(worker);

      assertAnswersAndKnowsAll(scene, worker, "rollback");
      scene.endAndAssertNothingLeft();
    }
  }

  @Test
  void agentsThawByThemselvesWhenAllControllersAreGone() throws Exception {
    try (Scene scene = Scene.open(cell, Prices.FREEZING, "orphan")) {
      InstanceId worker = scene.pool.runTask("orphan");
      scene.pool.awaitLevel(worker, L1_RETAINED);
      await().atMost(Pool.PATIENCE).until(() -> !Host.frozenCapsules(worker + "-").isEmpty());

      scene.killController();

      awaitThawOf(worker);
      scene.pool.awaitIdle(worker);
      assertAnswersAndKnowsAll(scene, worker, "orphan");
      scene.startController();
      scene.endAndAssertNothingLeft();
    }
  }

  @Test
  void aMoveForWhichYarnHasNoPlaceIsRefusedBeforeAnythingHappens() throws Exception {
    try (Scene scene = Scene.open(cell, Prices.FREEZING, "stay")) {
      InstanceId worker = scene.pool.runTask("stay");
      scene.pool.awaitLevel(worker, L1_RETAINED);

      Map.Entry<Integer, String> said = cell.operate("move", worker.value());

      assertThat(said.getValue()).contains("a warm pool on YARN keeps one container per instance");
      assertThat(said.getKey()).isEqualTo(1);
      scene.pool.awaitLevel(worker, L1_RETAINED);
      assertAnswersAndKnowsAll(scene, worker, "stay");
      scene.endAndAssertNothingLeft();
    }
  }

  @Test
  void aNodeManagerRestartedInMidDumpLosesNothing() throws Exception {
    try (Scene scene = Scene.open(cell, Prices.IMAGING, "restart")) {
      InstanceId worker = scene.pool.runTask("restart");
      try (HeldDump dump = HeldDump.catchNext(cell)) {
        cell.site().restartNode(new NodeId(dump.node));
        dump.letGoOn();
      }
      scene.pool.awaitLevel(worker, L3_FULL_SNAPSHOT);

      assertAnswersAndKnowsAll(scene, worker, "restart");
      scene.endAndAssertNothingLeft();
    }
  }

  @Test
  void anAgentKilledInMidDumpComesBackAndLosesNothing() throws Exception {
    try (Scene scene = Scene.open(cell, Prices.IMAGING, "agent")) {
      InstanceId worker = scene.pool.runTask("agent");
      try (HeldDump dump = HeldDump.catchNext(cell)) {
        cell.killAgent(dump.node);
        dump.letGoOn();
        cell.restartAgent(dump.node);
      }
      scene.awaitRest(worker);

      assertAnswersAndKnowsAll(scene, worker, "agent");
      scene.endAndAssertNothingLeft();
    }
  }

  @Test
  void aWorkerThatDiesDuringItsDumpFailsThatDumpAlone() throws Exception {
    try (Scene scene = Scene.open(cell, Prices.IMAGING, "dying", "other")) {
      InstanceId dying = scene.pool.runTask("dying");
      try (HeldDump dump = HeldDump.catchNext(cell)) {
        Host.signal("KILL", Host.processesOf(dump.capsule));
        dump.letGoOn();
      }
      await().atMost(Pool.PATIENCE).until(() -> scene.pool.ended().contains(dying));
      assertThat(cell.children.log("controller")).contains("DUMP_FAILED");

      InstanceId other = scene.pool.runTask("other");
      scene.pool.awaitLevel(other, L3_FULL_SNAPSHOT);
      assertThat(scene.pool.runTask("dying")).isNotEqualTo(dying);
      scene.pool.assertNothingLost();
      scene.endAndAssertNothingLeft();
    }
  }

  @Test
  void aDamagedImageIsNeverRestoredAndItsTasksGetAFreshInstance() throws Exception {
    try (Scene scene = Scene.open(cell, Prices.IMAGING, "truncated", "flipped", "whole")) {
      List<InstanceId> workers =
          List.of(
              scene.pool.runTask("truncated"),
              scene.pool.runTask("flipped"),
              scene.pool.runTask("whole"));
      workers.forEach(worker -> scene.pool.awaitLevel(worker, L3_FULL_SNAPSHOT));
      truncate(pageTable(scene.image(workers.get(0))));
      flipOneBit(pageTable(scene.image(workers.get(1))));

      assertThat(scene.pool.runTask("truncated")).isNotEqualTo(workers.get(0));
      assertThat(scene.pool.runTask("flipped")).isNotEqualTo(workers.get(1));
      assertThat(scene.pool.runTask("whole")).isEqualTo(workers.get(2));

      assertThat(scene.pool.ended()).containsExactlyInAnyOrder(workers.get(0), workers.get(1));
      assertThat(scene.pool.proofs(workers.get(2))).isPositive();
      scene.pool.assertNothingLost();
      for (InstanceId damaged : workers.subList(0, 2)) {
        assertThat(cell.children.log("controller").lines())
            .anyMatch(line -> line.contains("IMAGE_CORRUPT") && line.contains(damaged.value()));
      }
      scene.endAndAssertNothingLeft();
    }
  }

  @Test
  void anotherUsersInstanceIsRefused() throws Exception {
    try (Scene scene = Scene.open(cell, Prices.IMAGING, "foreign")) {
      InstanceId worker = scene.pool.runTask("foreign");
      scene.pool.awaitLevel(worker, L3_FULL_SNAPSHOT);
      for (String node : TestCell.NODES) {
        assertNotTheirs(asDaemon(node, "attach", worker, "--container", "stolen"));
      }
      assertNotTheirs(endAsDaemon(scene, worker, "foreign"));

      assertAnswersAndKnowsAll(scene, worker, "foreign");
      scene.endAndAssertNothingLeft();
    }
  }

  /** While it runs; it may hibernate between the question where it is and the attempt. */
  private Answer endAsDaemon(Scene scene, InstanceId worker, String name) throws Exception {
    Answer last = new Answer(0, "It was never found running.");
    for (int i = 0; i < 5; i++) {
      assertThat(scene.pool.runTask(name)).isEqualTo(worker);
      JsonNode home = cell.rest("instances/" + worker).path("record").path("agent");
      if (home.isTextual()) {
        last = asDaemon(home.asText(), "end", worker);
        if (last.exitCode() == REFUSED || last.exitCode() == 0) {
          return last;
        }
      }
    }
    return last;
  }

  /** The same instance does another task, and knows all that it did before. */
  private static void assertAnswersAndKnowsAll(Scene scene, InstanceId worker, String name)
      throws Exception {
    assertThat(scene.pool.runTask(name)).isEqualTo(worker);
    assertThat(scene.pool.proofs(worker)).isPositive();
    assertThat(scene.pool.ended()).isEmpty();
    scene.pool.assertNothingLost();
  }

  private static void awaitThawOf(InstanceId worker) {
    await("the agent to thaw " + worker)
        .atMost(TestCell.LEASE.plusSeconds(10))
        .until(
            () ->
                !Host.capsules(worker + "-").isEmpty()
                    && Host.frozenCapsules(worker + "-").isEmpty());
  }

  /** What of an image is its own: others of its owner may share its pages. */
  private static Path pageTable(Path image) throws Exception {
    try (Stream<Path> files = Files.walk(image)) {
      return files.filter(file -> file.toString().endsWith(".pages")).findFirst().orElseThrow();
    }
  }

  private static void truncate(Path file) throws Exception {
    try (RandomAccessFile image = new RandomAccessFile(file.toFile(), "rw")) {
      image.setLength(image.length() / 2);
    }
  }

  private static void flipOneBit(Path file) throws Exception {
    try (RandomAccessFile image = new RandomAccessFile(file.toFile(), "rw")) {
      long middle = image.length() / 2;
      image.seek(middle);
      int value = image.read();
      image.seek(middle);
      image.write(value ^ 1);
    }
  }

  private record Answer(int exitCode, String text) {}

  private static void assertNotTheirs(Answer answer) {
    assertThat(answer.exitCode()).as(answer.text()).isEqualTo(REFUSED);
    assertThat(answer.text()).contains("belongs to another user").contains("Maybe ");
  }

  /** The thin client, run as the user {@code daemon}, who owns nothing here. */
  private Answer asDaemon(String node, String verb, InstanceId instance, String... more)
      throws Exception {
    Path copy = cell.root.resolve("site/installation");
    Path readable = Files.exists(copy) ? copy : Children.INSTALLATION;
    List<String> command =
        Stream.of(
                Stream.of("setpriv", "--reuid=1", "--regid=1", "--clear-groups"),
                Pool.launcher().stream()
                    .map(word -> word.replace("" + Children.INSTALLATION, "" + readable)),
                Stream.of(verb, "--agent", "" + cell.files().agentSocket(node)),
                Stream.of("--instance", instance.value()),
                Stream.of(more))
            .flatMap(words -> words)
            .toList();
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(new java.io.File("/dev/null"))
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Answer(process.waitFor(), text);
  }
}
