package io.dormouse.checkpoint.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agent with real capsules, launchers that run as nobody, and a worker that counts and appends
 * to a file.
 */
class AgentIT {
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

  @Test
  void aWorkerHibernatesAndWakesWithItsState() throws Exception {
    hibernateAndWake();
  }

  /** Its capabilities are those of a service manager's unit, and of no more use than there. */
  @Test
  void theCapabilitiesOfTheUnitSuffice() throws Exception {
    node.stopAgent();
    node.agentPrefix =
        List.of(
            "setpriv",
            "--bounding-set=" + UnitFile.boundingSet(),
            "--inh-caps=-all",
            "--no-new-privs");
    node.startAgent(true);

    hibernateAndWake();
  }

  private void hibernateAndWake() throws Exception {
    Process first = node.launch("first", run("w", "c1"));
    awaitCount("first", 3);

    report("freeze", done(node.ask(Orders.freeze("w"))));
    report("thaw", done(node.ask(Orders.thaw("w"))));
    int beforeDump = count("first");
    awaitCount("first", beforeDump + 2);
    UUID image = UUID.randomUUID();
    report("dump", done(node.ask(Orders.dump("w", image))));
    report("release", done(node.ask(Orders.release("w", image))));

    assertThat(first.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(first.exitValue()).isEqualTo(80);
    assertThat(node.output("first.err")).contains("dormouse: hibernated w ");
    int last = count("first");

    Process second = node.launch("second", node.words("attach", "w", "c2"));
    await().atMost(Duration.ofSeconds(20)).until(() -> node.state("w") == InstanceState.ATTACHED);
    report("restore", done(node.ask(Orders.restore("w", image, UUID.randomUUID()))));
    report("wake", done(node.ask(Orders.thaw("w"))));
    awaitCount("second", last + 3);
    done(node.ask(Orders.discard("w", image)));

    assertThat(second.isAlive()).isTrue();
    assertThat(firstNumber("second")).isLessThanOrEqualTo(last + 1);
    second.destroy();
    assertThat(second.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(node.state("w")).isEqualTo(InstanceState.ENDED);
  }

  @Test
  void anAgentThatIsKilledFindsItsInstancesAgain() throws Exception {
    Process launcher = node.launch("l", run("w", "c1"));
    awaitCount("l", 3);
    done(node.ask(freeze("w", 25_000)));

    node.killAgent();
    node.startAgent(true);
    assertThat(node.state("w")).isEqualTo(InstanceState.FROZEN);
    int frozenAt = count("l");
    // Nobody renews: the new agent thaws when the old one's lease ends.
    await().atMost(Duration.ofSeconds(60)).until(() -> node.state("w") == InstanceState.RUNNING);
    awaitCount("l", frozenAt + 3);

    UUID image = UUID.randomUUID();
    AgentCommand.Builder dump = Orders.dump("w", image);
    dump.getDumpBuilder().setLeaseMillis(120_000);
    done(node.ask(dump));
    node.killAgent();
    node.startAgent(true);
    done(node.ask(Orders.release("w", image)));
    assertThat(launcher.waitFor(40, TimeUnit.SECONDS)).isTrue();
    assertThat(launcher.exitValue()).isEqualTo(80);
  }

  @Test
  void anotherUserTouchesNothing() throws Exception {
    Process launcher = node.launch("l", run("w", "c1"));
    awaitCount("l", 1);

    for (List<String> words :
        List.of(
            List.of("end", "--agent", folder.resolve("agent.sock").toString(), "--instance", "w"),
            run("w", "c9"),
            node.words("attach", "w", "c9"))) {
      Process other = node.launchAs(12345, "other", words);
      assertThat(other.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(other.exitValue()).as(words.get(0)).isEqualTo(82);
      assertThat(node.output("other.err")).contains("belongs to another user");
    }
    Process list =
        node.launchAs(
            12345, "list", List.of("list", "--agent", folder.resolve("agent.sock").toString()));
    assertThat(list.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(node.output("list.out")).isEmpty();
    assertThat(launcher.isAlive()).isTrue();
    awaitCount("l", count("l") + 2);
  }

  @Test
  void aKilledLauncherEndsItsWorkerAndAnExitCodeIsPassedOn() throws Exception {
    Process launcher = node.launch("l", run("w", "c1"));
    awaitCount("l", 1);
    launcher.destroyForcibly();
    await().atMost(Duration.ofSeconds(20)).until(() -> node.state("w") == InstanceState.ENDED);

    List<String> words = node.words("run", "v", "c2");
    words.addAll(List.of("--", "/bin/sh", "-c", "echo out; echo err >&2; sleep 1; exit 7"));
    Process seven = node.launch("seven", words);
    assertThat(seven.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(seven.exitValue()).isEqualTo(7);
    assertThat(node.output("seven.out")).isEqualTo("out\n");
    assertThat(node.output("seven.err")).contains("err");
    assertThat(done(node.ask(Orders.release("none", UUID.randomUUID()))).getFailure().getCode())
        .isEqualTo(FailureCode.UNKNOWN_INSTANCE);
  }

  private static AgentCommand.Builder freeze(String instance, long leaseMillis) {
    AgentCommand.Builder command = Orders.freeze(instance);
    command.getFreezeBuilder().setLeaseMillis(leaseMillis);
    return command;
  }

  private List<String> run(String instance, String container) {
    return CountingWorker.run(node, instance, container);
  }

  private void awaitCount(String name, int count) {
    CountingWorker.awaitCount(node, name, count);
  }

  private int count(String name) throws IOException {
    return CountingWorker.count(node, name);
  }

  private int firstNumber(String name) throws IOException {
    return node.output(name + ".out").lines().findFirst().map(Integer::parseInt).orElseThrow();
  }

  private static AgentResult done(AgentResult result) {
    if (result.hasFailure() && result.getFailure().getCode() != FailureCode.UNKNOWN_INSTANCE) {
      throw new AssertionError(result.getFailure().toString());
    }
    return result;
  }

  private static void report(String what, AgentResult result) {
    System.out.printf(
        "%s: %d us, %d bytes%n",
        what, result.getDone().getDurationMicros(), result.getDone().getImageBytes());
  }
}
