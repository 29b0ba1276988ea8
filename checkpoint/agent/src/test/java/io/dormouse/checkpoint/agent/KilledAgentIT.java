package io.dormouse.checkpoint.agent;

import static io.dormouse.checkpoint.agent.CountingWorker.awaitCount;
import static io.dormouse.checkpoint.agent.CountingWorker.count;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  /**
   * A moment of what is under way.
   *
   * @param unanswered whether it is always before the answer
   */
  private record Moment(String name, Callable<Boolean> come, boolean unanswered) {}

  private void killAt(Moment moment, AgentCommand.Builder command) throws Exception {
    var asked = CompletableFuture.supplyAsync(() -> askInVain(command));
    await()
        .alias(moment.name)
        .atMost(LIMIT)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> asked.isDone() || moment.come.call());
    node.killAgent();
    boolean answered = asked.get(2, TimeUnit.MINUTES).hasDone();
    assertThat(answered && moment.unanswered).as(moment.name + " came too late").isFalse();
    node.startAgent(true);
  }

  private List<Moment> ofADump(UUID image, List<Path> members) {
    return List.of(
        new Moment("on record", () -> record().contains(image.toString()), true),
        new Moment("tools at work", () -> !tools().isEmpty(), true),
        new Moment("held by CRIU", () -> !tracers(members).isEmpty(), true),
        new Moment("memory written", this::isWritingPages, true),
        new Moment("published", () -> Files.exists(image(image)), false));
  }

  private List<Moment> ofARestore(UUID image, UUID next) {
    Path claim = folder.resolve("store").resolve("claims").resolve("w").resolve("" + image);
    return List.of(
        new Moment("on record", () -> record().contains(next.toString()), true),
        new Moment("claimed", () -> Files.exists(claim), true),
        new Moment("tools at work", () -> !tools().isEmpty(), true),
        new Moment("processes there", () -> !members().isEmpty(), true),
        new Moment("restored", () -> record().contains("RESTORED_FROZEN"), false));
  }

  private String record() {
    return read(folder.resolve("state").resolve("agent").resolve("instances").resolve("w.json"));
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
    return read(process.resolve("cmdline")).replace('\0', ' ');
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      // It has ended.
      return "";
    }
  }

  private boolean isWritingPages() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("store").resolve("staging"))) {
      return files.anyMatch(file -> file.endsWith("pages-1.img"));
    } catch (UncheckedIOException e) {
      // It changes while it is looked at.
      return false;
    }
  }

  /** The processes of the instance w. */
  private static List<Path> members() throws IOException {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .filter(process -> process.getFileName().toString().matches("[0-9]+"))
          .filter(process -> read(process.resolve("cgroup")).contains("/dormouse/w-"))
          .toList();
    }
  }

  /** Nobody but CRIU traces them. */
  private static List<String> tracers(List<Path> members) {
    return members.stream()
        .flatMap(process -> read(process.resolve("status")).lines())
        .filter(line -> line.matches("TracerPid:\\s+[1-9][0-9]*"))
        .map(line -> line.replaceAll("\\D", ""))
        .distinct()
        .toList();
  }

  /** Whether CRIU has let their cgroup go and has them in its own hands. */
  private static boolean areHeld(List<Path> members) {
    return !tracers(members).isEmpty() && members.stream().anyMatch(KilledAgentIT::isThawed);
  }

  private static boolean isThawed(Path process) {
    String groups = read(process.resolve("cgroup"));
    Matcher group = Pattern.compile("(?m)^\\d+:freezer:/(.*)$").matcher(groups);
    Path root = Path.of("/sys/fs/cgroup");
    return group.find()
        ? read(root.resolve("freezer").resolve(group.group(1)).resolve("freezer.state"))
            .startsWith("THAWED")
        : read(root.resolve(groups.strip().replace("0::/", "")).resolve("cgroup.freeze"))
            .startsWith("0");
  }

  /** Whether all of them were there. */
  private static boolean signal(String signal, List<String> pids) throws Exception {
    List<String> words = new ArrayList<>(List.of("kill", "-" + signal));
    words.addAll(pids);
    return new ProcessBuilder(words).start().waitFor() == 0;
  }

  private Path image(UUID generation) {
    return folder.resolve("store").resolve("images").resolve("w").resolve(generation.toString());
  }

  @Test
  void ofADumpNothingIsLeftAndItsInstanceRunsOn() throws Exception {
    Process launcher = node.launch("l", CountingWorker.run(node, "w", "c1", 100));
    awaitCount(node, "l", 3);

    for (int round = 0; round < ROUNDS; round++) {
      UUID image = UUID.randomUUID();
      killAt(ofADump(image, members()).get(round), Orders.dump("w", image));

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
  void ofADumpThatOutlivesItsAgentTheInstanceRunsOn() throws Exception {
    node.launch("l", CountingWorker.run(node, "w", "c1", 300));
    awaitCount(node, "l", 3);
    List<Path> members = members();
    List<String> criu = stopInTheMiddleOfADump(members);

    node.startAgent(true);
    assertThat(tracers(members)).as("nobody waits for its end").isEqualTo(criu);
    assertThat(signal("CONT", criu)).isTrue();

    await().atMost(LIMIT).until(() -> tools().isEmpty());
    awaitCount(node, "l", count(node, "l") + 20);
    assertThat(node.state("w")).isEqualTo(InstanceState.RUNNING);
  }

  /** Kills the agent, too. A dump that is too quick is undone. */
  private List<String> stopInTheMiddleOfADump(List<Path> members) throws Exception {
    for (int tries = 0; tries < 10; tries++) {
      var asked =
          CompletableFuture.supplyAsync(() -> askInVain(Orders.dump("w", UUID.randomUUID())));
      await()
          .atMost(LIMIT)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          // Before that CRIU gives up when it is held up for long.
          .until(() -> asked.isDone() || (isWritingPages() && areHeld(members)));
      List<String> criu = tracers(members);
      if (!criu.isEmpty() && signal("STOP", criu) && areHeld(members)) {
        node.killAgent();
        assertThat(asked.get(2, TimeUnit.MINUTES).hasDone()).isFalse();
        return criu;
      }
      boolean unused = signal("CONT", criu);
      done(asked.get(2, TimeUnit.MINUTES));
      done(node.ask(Orders.thaw("w")));
    }
    throw new AssertionError("the dump was too quick ten times");
  }

  private AgentResult askInVain(AgentCommand.Builder command) {
    try {
      return node.ask(command);
    } catch (Exception e) {
      // Its agent is gone.
      return AgentResult.getDefaultInstance();
    }
  }

  @Test
  void ofARestoreNothingIsLeftAndItsImageIsWokenOnce() throws Exception {
    node.launch("l", CountingWorker.run(node, "w", "c0"));
    awaitCount(node, "l", 3);
    UUID image = UUID.randomUUID();
    done(node.ask(Orders.dump("w", image)));
    int last = count(node, "l");
    done(node.ask(Orders.release("w", image)));

    for (int round = 0; round < ROUNDS; round++) {
      Process launcher = attach("l" + round);
      UUID next = UUID.randomUUID();
      killAt(ofARestore(image, next).get(round), Orders.restore("w", image, next));
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
