package io.dormouse.checkpoint.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.HostProbe;
import io.dormouse.checkpoint.engines.HostReport;
import io.dormouse.checkpoint.engines.ToolFinder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real capsule wakes from a copy on fast storage and finds each byte of its memory in time. */
@Timeout(180)
class LazyWakeIT {
  private static final int MEBIBYTES = 200;
  private static final UUID IMAGE = UUID.randomUUID();
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** What happens long before its end has other reasons. */
  private static final Duration LONG_LEASE = Duration.ofSeconds(60);

  /** In the server's log, once processes are restored and what they did not ask for comes too. */
  private static final Pattern IN_BACKGROUND =
      Pattern.compile("uffd_copy: 0x[0-9a-f]+/(?!4096\\b)");

  /** At every tick it compares a tenth of its memory with what must be in it, and says a number. */
  private static final String WORKER =
      """
      $| = 1; my ($n, $size) = (0, %d);
      sub block { my ($i) = @_; my $b = chr(33 + $i %% 90) . pack('N', $i); return $b x 209715 }
      my @all = map { block($_) } 0 .. $size - 1;
      while (1) {
        $n++;
        for my $k (0 .. $size / 10 - 1) { my $i = ($n * $size / 10 + $k) %% $size;
          $all[$i] eq block($i) or exit 94; }
        print "$n\\n"; select(undef, undef, undef, 0.02);
      }
      """
          .formatted(MEBIBYTES);

  @TempDir Path folder;
  private Node node;

  @BeforeAll
  static void capsulesWork() {
    assumeTrue("root".equals(System.getProperty("user.name")), "capsules need root");
    HostReport report =
        new HostProbe(
                System.getenv(), ToolFinder.cacheDirectory(System.getenv()), InstantSource.system())
            .run(false, Duration.ofSeconds(30));
    assumeTrue(report.imagesWork(), "no working CRIU and runc: " + report.capsule().reason());
  }

  @BeforeEach
  void hibernate() throws Exception {
    node = new Node(folder, "RUNC");
    node.startAgent(true);
    List<String> words = node.words("run", "w", "c1");
    words.addAll(List.of("--", "/usr/bin/perl", "-e", WORKER));
    Process launcher = node.launch("l1", words);
    awaitCount("l1", 3);
    done(node.ask(Orders.dump("w", IMAGE)));
    report("copy", done(node.ask(Orders.cache("w", IMAGE))));
    done(node.ask(Orders.release("w", IMAGE)));
    assertThat(launcher.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(launcher.exitValue()).as("hibernated").isEqualTo(80);
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  @Test
  void wakesAfterTheAgentStartedAnewAndGivesTheCopyBack() throws Exception {
    node.killAgent();
    node.startAgent(true);
    assertThat(copy()).isPresent();
    attach();

    report("restore", done(node.ask(Orders.restore("w", IMAGE, UUID.randomUUID()))));
    assertThat(pages("server.pid")).isPresent();
    report("thaw", done(node.ask(Orders.thaw("w"))));
    awaitCount("l2", 15);
    await().atMost(Duration.ofSeconds(30)).until(() -> pages("served").isPresent());
    done(node.ask(Orders.discard("w", IMAGE)));

    assertThat(copy()).isEmpty();
    awaitCount("l2", 30);
    assertThat(node.state("w")).isEqualTo(InstanceState.RUNNING);
  }

  @Test
  void runsOnWhenTheServerIsKilledAndTheAgentToo() throws Exception {
    Process launcher = attach();
    done(node.ask(Orders.restore("w", IMAGE, UUID.randomUUID())));
    Path server = pages("server.pid").orElseThrow();
    node.killAgent();
    signal("KILL", server);
    node.startAgent(true);
    assertThat(node.state("w")).isEqualTo(InstanceState.RESTORED_FROZEN);
    done(node.ask(Orders.thaw("w")));

    awaitCount("l2", 25);

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> pages("completed").isPresent() || pages("served").isPresent());
    assertThat(launcher.isAlive()).isTrue();
    assertThat(node.state("w")).isEqualTo(InstanceState.RUNNING);
  }

  /** Frozen, it can't die by itself where cgroups are of the first version. */
  @Test
  void oneThatNeverRanGivesItsImageBackWhenItsPagesAreLost() throws Exception {
    Process launcher = restoreWithServerStopped();
    Files.writeString(
        pages("server.log").orElseThrow(), "uffd: 1: REMAP: \n", StandardOpenOption.APPEND);
    signal("KILL", pages("server.pid").orElseThrow());

    await().atMost(LONG_LEASE.dividedBy(2)).until(() -> node.state("w") == InstanceState.ENDED);
    assertThat(launcher.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(node.output("l2.out")).as("it never ran").isEmpty();

    attach();
    done(node.ask(Orders.restore("w", IMAGE, UUID.randomUUID())));
    done(node.ask(Orders.thaw("w")));
    awaitCount("l2", 15);
    assertThat(node.state("w")).isEqualTo(InstanceState.RUNNING);
  }

  /** The server stands still when it has begun to bring what nobody asked for yet. */
  private Process restoreWithServerStopped() throws Exception {
    for (int tries = 0; tries < 10; tries++) {
      Process launcher = attach();
      var restored =
          CompletableFuture.supplyAsync(
              () -> {
                AgentCommand.Builder restore = Orders.restore("w", IMAGE, UUID.randomUUID());
                restore.getRestoreFrozenBuilder().setLeaseMillis(LONG_LEASE.toMillis());
                return askInTime(restore);
              });
      await()
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> restored.isDone() || IN_BACKGROUND.matcher(serverLog()).find());
      Optional<Path> server = pages("server.pid");
      boolean stopped = server.isPresent() && signal("STOP", server.get());
      done(restored.get(1, TimeUnit.MINUTES));
      if (stopped && pages("served").isEmpty()) {
        return launcher;
      }
      // On a busy machine it may be done before it can be stopped.
      done(node.ask(Orders.terminate("w")));
      assertThat(launcher.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    throw new AssertionError("the server was too quick ten times");
  }

  private AgentResult askInTime(AgentCommand.Builder command) {
    try {
      return node.ask(command);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private String serverLog() throws IOException {
    Optional<Path> log = pages("server.log");
    return log.isPresent() ? Files.readString(log.get()) : "";
  }

  private Process attach() throws Exception {
    Process launcher = node.launch("l2", node.words("attach", "w", "c2"));
    await().atMost(Duration.ofSeconds(30)).until(() -> node.state("w") == InstanceState.ATTACHED);
    return launcher;
  }

  private Optional<Path> copy() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("fast").resolve("images"))) {
      return all.findFirst();
    }
  }

  private Optional<Path> pages(String name) throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve("state").resolve("engine"), 4)) {
      return all.filter(path -> path.endsWith(Path.of("pages", name))).findFirst();
    } catch (java.io.UncheckedIOException e) {
      // It changes while it is looked at.
      return Optional.empty();
    }
  }

  private static boolean signal(String name, Path file) throws Exception {
    String pid = Files.readString(file).strip();
    return new ProcessBuilder("kill", "-" + name, pid).start().waitFor() == 0;
  }

  private void awaitCount(String launcher, int count) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> count(launcher) >= count);
  }

  private int count(String launcher) throws IOException {
    List<String> lines = node.output(launcher + ".out").lines().toList();
    return lines.isEmpty() ? 0 : Integer.parseInt(lines.get(lines.size() - 1));
  }

  private static AgentResult done(AgentResult result) {
    if (result.hasFailure()) {
      throw new AssertionError(result.getFailure().toString());
    }
    return result;
  }

  private static AgentResult report(String what, AgentResult result) {
    System.out.printf(
        "%s: %d us, %d bytes%n",
        what, result.getDone().getDurationMicros(), result.getDone().getImageBytes());
    return result;
  }
}
