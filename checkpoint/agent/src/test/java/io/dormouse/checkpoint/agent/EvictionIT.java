package io.dormouse.checkpoint.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.checkpoint.agentapi.proto.AgentCommand;
import io.dormouse.checkpoint.agentapi.proto.AgentResult;
import io.dormouse.checkpoint.agentapi.proto.FailureCode;
import io.dormouse.checkpoint.agentapi.proto.InstanceState;
import io.dormouse.checkpoint.engines.HostProbe;
import io.dormouse.checkpoint.engines.HostReport;
import io.dormouse.checkpoint.engines.ToolFinder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real capsule that reads all of its data at every tick finds nothing amiss with it. */
@Timeout(180)
class EvictionIT {
  private static final int DATA_BYTES = 8 << 20;

  /**
   * Keeps a file open for reading and writing, and one for appending; at every tick it compares all
   * of both with what it has in memory, writes to both, and says one number.
   */
  private static final String WORKER =
      """
      $| = 1; my ($n, $size) = (0, %d);
      open(my $d, '+>', 'data') or exit 90; open(my $l, '>>', 'log') or exit 91;
      my $data = join '', map { pack('N', $_) x 256 } 0 .. $size / 1024 - 1;
      my $log = ('a line' x 50000) . "\\n";
      syswrite($d, $data) == $size or exit 92; syswrite($l, $log) or exit 93;
      sub all { my ($f) = @_; my $got = ''; sysseek($f, 0, 0);
        while (sysread($f, $got, 1 << 20, length $got)) {} $got }
      while (1) {
        all($d) eq $data or exit 94;
        open(my $r, '<', 'log') or exit 95; all($r) eq $log or exit 96; close $r;
        $n++; my $at = $n * 4099 %% ($size - 8); my $what = sprintf('%%08d', $n);
        sysseek($d, $at, 0); syswrite($d, $what) == 8 or exit 97; substr($data, $at, 8) = $what;
        $log .= "$n\\n"; syswrite($l, "$n\\n") or exit 98;
        print "$n\\n"; select(undef, undef, undef, 0.05);
      }
      """
          .formatted(DATA_BYTES);

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
  void start() throws Exception {
    node = new Node(folder, "RUNC");
    node.startAgent(true);
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  @Test
  void aWorkerFindsItsDataAsItWasAlsoWhenTheAgentIsKilledMeanwhile() throws Exception {
    List<String> words = node.words("run", "w", "c1");
    words.addAll(List.of("--", "/usr/bin/perl", "-e", WORKER));
    Process launcher = node.launch("l", words);
    awaitCount(3);

    done(node.ask(Orders.freeze("w")));
    long before = blocks();
    AgentResult evicted = report("evict", done(node.ask(evict(60_000))));
    assertThat(evicted.getDone().getStatus().getEvictedBytes()).isGreaterThan(DATA_BYTES);
    assertThat(blocks()).isLessThan(before / 10);
    report("refill and thaw", done(node.ask(Orders.thaw("w"))));
    awaitCount(count() + 5);

    done(node.ask(evict(60_000)));
    node.killAgent();
    node.startAgent(true);
    assertThat(node.state("w")).isEqualTo(InstanceState.FROZEN);
    assertThat(blocks()).isLessThan(before / 10);
    done(node.ask(Orders.thaw("w")));
    awaitCount(count() + 5);

    // Nobody renews: all comes back by itself.
    done(node.ask(evict(1_000)));
    await().atMost(Duration.ofSeconds(60)).until(() -> node.state("w") == InstanceState.RUNNING);
    awaitCount(count() + 5);

    done(node.ask(evict(60_000)));
    UUID image = UUID.randomUUID();
    done(node.ask(Orders.dump("w", image)));
    done(node.ask(Orders.thaw("w")));
    awaitCount(count() + 5);
    assertThat(launcher.isAlive()).isTrue();
  }

  @Test
  void whatHasANameOutsideStays() throws Exception {
    List<String> words = node.words("run", "w", "c1");
    words.addAll(
        List.of(
            "--",
            "/usr/bin/perl",
            "-e",
            "$| = 1; open(my $d, '>', 'perl'); print $d 'x' x 3000000; close $d; print \"1\\n\";"
                + " exec('/usr/bin/sleep', '1000');"));
    node.launch("l", words);
    awaitCount(1);
    assertThat(done(node.ask(evict(60_000))).getDone().getStatus().getEvictedBytes())
        .isGreaterThanOrEqualTo(3_000_000);
    done(node.ask(Orders.thaw("w")));

    Files.createLink(folder.resolve("outside"), data().resolve("perl"));
    AgentResult refused = node.ask(evict(60_000));
    assertThat(refused.getFailure().getCode()).isEqualTo(FailureCode.NOTHING_TO_EVICT);
    assertThat(refused.getFailure().getMessage()).contains("1 linked from elsewhere");
    assertThat(node.state("w")).isEqualTo(InstanceState.RUNNING);
  }

  private static AgentCommand.Builder evict(long leaseMillis) {
    AgentCommand.Builder command = Orders.evict("w", UUID.randomUUID());
    command.getEvictDataBuilder().setLeaseMillis(leaseMillis);
    return command;
  }

  private Path data() throws IOException {
    try (Stream<Path> all = Files.find(folder, 8, (path, a) -> path.endsWith("layer/work"))) {
      return all.findFirst().orElseThrow();
    }
  }

  private long blocks() throws IOException {
    assertThat(Files.isDirectory(data(), LinkOption.NOFOLLOW_LINKS)).isTrue();
    Process du = new ProcessBuilder("du", "-s", "-B1", data().toString()).start();
    String text = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return Long.parseLong(text.split("\t", 2)[0]);
  }

  private void awaitCount(int count) {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> count() >= count);
  }

  private int count() throws IOException {
    List<String> lines = node.output("l.out").lines().toList();
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
