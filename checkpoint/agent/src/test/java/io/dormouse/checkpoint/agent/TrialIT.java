package io.dormouse.checkpoint.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What rests in real capsules is dumped for trial: what can be dumped is told from what can't. */
@Timeout(180)
class TrialIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);

  /** Says a number every now and then, and does nothing else. */
  private static final String RESTS =
      "$|=1; %s print \"1\\n\"; for (my $n = 2;; $n++) { sleep 1; print \"$n\\n\"; }";

  /** CRIU knows nothing of these. */
  private static final String HOLDS_A_VSOCK =
      "socket(S, 40, 1, 0) or do { print \"0\\n\"; sleep };";

  @TempDir Path folder;
  private Node node;

  @BeforeAll
  static void capsulesWork() {
    CountingWorker.assumeCapsules();
  }

  @BeforeEach
  void start() throws Exception {
    node = new Node(folder, "RUNC");
    node.trialDumps = true;
    node.startAgent(true);
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private Process run(String instance, String first) throws IOException {
    List<String> words = node.words("run", instance, "c-" + instance);
    words.addAll(List.of("--", "/usr/bin/perl", "-e", RESTS.formatted(first)));
    return node.launch(instance, words);
  }

  private String learned() throws IOException {
    Path file = folder.resolve("state").resolve("agent").resolve("verdicts.json");
    return Files.exists(file) ? Files.readString(file) : "";
  }

  @Test
  void whatCannotBeDumpedShowsBeforeAnybodyCountsOnIt() throws Exception {
    Process worker = run("w", HOLDS_A_VSOCK);
    await().atMost(LIMIT).until(() -> !node.output("w.out").isEmpty());
    assumeTrue(CountingWorker.count(node, "w") > 0, "this kernel has no vsock");

    await().atMost(LIMIT).until(() -> !node.status("w").getNoImage().isEmpty());

    assertThat(node.status("w").getNoImage()).contains("failed", "runc checkpoint");
    await().atMost(LIMIT).until(() -> node.state("w") == InstanceState.RUNNING);
    CountingWorker.awaitCount(node, "w", CountingWorker.count(node, "w") + 2);
    assertThat(worker.isAlive()).isTrue();
    assertThat(node.ask(Orders.dump("w", UUID.randomUUID())).getFailure().getCode())
        .as("a dump that is asked for is tried nevertheless")
        .isEqualTo(FailureCode.DUMP_FAILED);
    CountingWorker.awaitCount(node, "w", CountingWorker.count(node, "w") + 2);
  }

  @Test
  void whatCanBeDumpedRunsOnAndLeavesNoImage() throws Exception {
    Process worker = run("w", "");
    CountingWorker.awaitCount(node, "w", 1);

    await().atMost(LIMIT).until(() -> learned().contains("\"failures\":0"));

    await().atMost(LIMIT).until(() -> node.state("w") == InstanceState.RUNNING);
    CountingWorker.awaitCount(node, "w", CountingWorker.count(node, "w") + 2);
    assertThat(worker.isAlive()).isTrue();
    assertThat(node.status("w").getNoImage()).isEmpty();
    await().atMost(LIMIT).until(() -> !Files.exists(folder.resolve("state").resolve("trial")));
    assertThat(folder.resolve("store").resolve("images").resolve("w")).doesNotExist();
  }
}
