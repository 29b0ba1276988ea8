package io.dormouse.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.dormouse.engine.model.InstanceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** One test's controller and workers on a cell. */
final class Scene implements AutoCloseable {
  private static final Set<String> KEPT = Set.of("keys", "packs");

  final TestCell cell;
  final Pool pool;
  private final Prices prices;
  private Process controller;
  private boolean ended;

  private Scene(TestCell cell, Pool pool, Prices prices, Process controller) {
    this.cell = cell;
    this.pool = pool;
    this.prices = prices;
    this.controller = controller;
  }

  static Scene open(TestCell cell, Prices prices, String... classes)
      throws IOException, InterruptedException {
    Pool pool = Pool.deploy(cell, List.of(classes));
    try {
      Scene scene = new Scene(cell, pool, prices, cell.startController(prices));
      cell.awaitLeader();
      return scene;
    } catch (IOException | RuntimeException failure) {
      pool.close();
      throw failure;
    }
  }

  void killController() throws InterruptedException {
    Children.killAbruptly(controller);
  }

  /** Another controller takes over; it leads when this returns. */
  void startController() throws IOException {
    controller = cell.startController(prices);
    cell.awaitLeader();
  }

  /** Waits until an instance rests, at work or asleep, and nothing is being done to any. */
  void awaitRest(InstanceId instance) {
    await("rest for " + instance)
        .atMost(Pool.PATIENCE)
        .until(() -> pool.rests(instance) && isCalm());
  }

  private boolean isCalm() throws IOException, InterruptedException {
    JsonNode actions = cell.rest("status").path("actions");
    return actions.isArray() && actions.isEmpty() && !HeldDump.anyOn(cell);
  }

  /** The published image of an instance. */
  Path image(InstanceId instance) {
    List<Path> found =
        Host.entries(cell.images.resolve("images").resolve(instance.value())).toList();
    assertThat(found).as("images of %s", instance).hasSize(1);
    return found.get(0);
  }

  /**
   * Ends the workers; then nothing of them may be left: no intent, no record, no capsule, no image
   * and no half of one.
   */
  void endAndAssertNothingLeft() {
    Set<InstanceId> instances = pool.instances();
    pool.close();
    ended = true;
    await("an empty cell")
        .atMost(Pool.PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode status = cell.rest("status");
              assertThat(status.path("actions")).isEmpty();
              assertThat(status.path("instances").asInt(-1)).isZero();
              assertThat(leftInStore()).isEmpty();
              assertThat(instances.stream().flatMap(id -> Host.capsules(id + "-").stream()))
                  .isEmpty();
            });
  }

  /** Unused packs stay for a while, for the next image to share. */
  private List<Path> leftInStore() throws IOException {
    try (Stream<Path> all = Files.walk(cell.images)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> !KEPT.contains(cell.images.relativize(file).getName(0).toString()))
          .toList();
    }
  }

  /** For a failure, says what happened. */
  @Override
  public void close() throws IOException {
    if (!ended) {
      System.err.println("What happened to the workers:\n" + pool.history());
      for (String daemon : List.of("controller", "agent-n1", "agent-n2", "agent-n3")) {
        System.err.printf("What %s said last:%n%s%n", daemon, cell.children.lastWords(daemon));
      }
      pool.close();
    }
    Children.end(controller);
  }
}
