package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.CountingWorker.awaitCount;
import static io.dormouse.checkpoint.agent.CountingWorker.count;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An agent that is killed (SIGKILL) at any moment of a real dump or restore; the next goes on. */
@Timeout(300)
class KilledAgentIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int ROUNDS = 5;

  @TempDir Path folder;
  private Node node;

  @BeforeAll
  static void capsulesWork() {
    CountingWorker.assumeCapsules();
  }

  @BeforeEach
  void start() throws Exception {
    node = new Node(folder, "RUNC");
    node.startAgent(true);
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  /** The moments are spread over what it takes when nobody disturbs it. */
  private void killAfter(AgentCommand.Builder command, long millis) throws Exception {
    var asked =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return node.ask(command);
              } catch (Exception e) {
                // Its agent is gone.
                return AgentResult.getDefaultInstance();
              }
            });
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    node.killAgent();
    asked.get(2, TimeUnit.MINUTES);
    node.startAgent(true);
  }

  private static void done(AgentResult result) {
    assertThat(result.hasDone()).as(result.toString()).isTrue();
  }

  /** Of this node's tools; capsules' own processes are no tools. */
  private List<String> tools() throws IOException {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .filter(process -> process.getFileName().toString().matches("[0-9]+"))
          .map(KilledAgentIT::commandLine)
          .filter(words -> words.contains(folder.toString()))
          .filter(words -> words.matches(".*(criu|runc).* (dump|checkpoint|restore) .*"))
          .filter(words -> !words.contains("AgentProcessMain"))
          .toList();
    }
  }

  private static String commandLine(Path process) {
    try {
      return Files.readString(process.resolve("cmdline")).replace('\0', ' ');
    } catch (IOException e) {
      // It has ended.
      return "";
    }
  }

  private Path image(UUID generation) {
    return folder.resolve("store").resolve("images").resolve("w").resolve(generation.toString());
  }

  @Test
  void ofADumpNothingIsLeftAndItsInstanceRunsOn() throws Exception {
    Process launcher = node.launch("l", CountingWorker.run(node, "w", "c1"));
    awaitCount(node, "l", 3);

    for (int round = 0; round < ROUNDS; round++) {
      UUID image = UUID.randomUUID();
      killAfter(Orders.dump("w", image), 20 + round * 150L);

      done(node.ask(Orders.thaw("w")));
      assertThat(node.state("w")).isEqualTo(InstanceState.RUNNING);
      awaitCount(node, "l", count(node, "l") + 3);
      await().atMost(LIMIT).until(() -> tools().isEmpty());
      await().atMost(LIMIT).until(() -> !Files.exists(image(image)));
    }

    UUID image = UUID.randomUUID();
    done(node.ask(Orders.dump("w", image)));
    done(node.ask(Orders.release("w", image)));
    assertThat(launcher.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(launcher.exitValue()).as("hibernated").isEqualTo(80);
  }

  @Test
  void ofARestoreNothingIsLeftAndItsImageIsWokenOnce() throws Exception {
    node.launch("l", CountingWorker.run(node, "w", "c0"));
    awaitCount(node, "l", 3);
    UUID image = UUID.randomUUID();
    done(node.ask(Orders.dump("w", image)));
    int last = count(node, "l");
    done(node.ask(Orders.release("w", image)));

    for (int round = 1; round <= ROUNDS; round++) {
      Process launcher = attach("l" + round);
      killAfter(Orders.restore("w", image, UUID.randomUUID()), round * 100L);
      done(node.ask(Orders.terminate("w")));
      await().atMost(LIMIT).until(this::isOver);
      launcher.destroyForcibly().waitFor();
      await().atMost(LIMIT).until(() -> tools().isEmpty());
      assertThat(node.output("l" + round + ".out")).as("it never ran").isEmpty();
    }

    attach("woken");
    await()
        .atMost(LIMIT)
        .until(() -> node.ask(Orders.restore("w", image, UUID.randomUUID())).hasDone());
    done(node.ask(Orders.thaw("w")));
    awaitCount(node, "woken", last + 3);
    int first = node.output("woken.out").lines().findFirst().map(Integer::parseInt).orElseThrow();
    assertThat(first).as("nothing is lost").isLessThanOrEqualTo(last + 1);
  }

  private boolean isOver() throws Exception {
    return List.of(InstanceState.ENDED, InstanceState.INSTANCE_STATE_UNSPECIFIED)
        .contains(node.state("w"));
  }

  private Process attach(String name) throws Exception {
    Process launcher = node.launch(name, node.words("attach", "w", "c-" + name));
    await().atMost(LIMIT).until(() -> node.state("w") == InstanceState.ATTACHED);
    return launcher;
  }
}
