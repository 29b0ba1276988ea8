package io.dormouse.checkpoint.agent;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dormouse.checkpoint.engines.HostProbe;
import io.dormouse.checkpoint.engines.HostReport;
import io.dormouse.checkpoint.engines.ToolFinder;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** A program that counts, and looks whether its memory and its file agree. */
final class CountingWorker {
  /** Each tick: one number on stdout and in the file; stops when the two would disagree. */
  private static final String PROGRAM =
      "$|=1; my $n=0; while (1) { $n++; open(my $f,'>>','log') or exit 90; print $f \"$n\\n\"; close $f;"
          + " open(my $g,'<','log') or exit 91; my @l=<$g>; close $g; @l==$n or exit 92;"
          + " print \"$n\\n\"; select(undef,undef,undef,0.05); }";

  private CountingWorker() {}

  /** Skips the test where capsules don't work. */
  static void assumeCapsules() {
    assumeTrue("root".equals(System.getProperty("user.name")), "capsules need root");
    HostReport report =
        new HostProbe(
                System.getenv(), ToolFinder.cacheDirectory(System.getenv()), InstantSource.system())
            .run(false, Duration.ofSeconds(30));
    assumeTrue(report.imagesWork(), "no working CRIU and runc: " + report.capsule().reason());
  }

  /** Words for a launcher that runs it. */
  static List<String> run(Node node, String instance, String container) {
    return run(node, instance, container, 0);
  }

  /** The same for one with so much more memory. */
  static List<String> run(Node node, String instance, String container, int mebibytes) {
    List<String> words = node.words("run", instance, container);
    String memory = "my $m = 'x' x (%d << 20); ".formatted(mebibytes);
    words.addAll(List.of("--", "/usr/bin/perl", "-e", memory + PROGRAM));
    return words;
  }

  /** The last number that a launcher passed on. */
  static int count(Node node, String launcher) throws IOException {
    List<String> lines = node.output(launcher + ".out").lines().toList();
    return lines.isEmpty() ? 0 : Integer.parseInt(lines.get(lines.size() - 1));
  }

  static void awaitCount(Node node, String launcher, int count) {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> count(node, launcher) >= count);
  }
}
