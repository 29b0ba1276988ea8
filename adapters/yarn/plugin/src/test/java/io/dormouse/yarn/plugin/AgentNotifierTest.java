package io.dormouse.yarn.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentNotifierTest {
  @TempDir Path folder;

  @Test
  void starts_the_launcher_with_the_notice() {
    Path out = folder.resolve("out");
    try (AgentNotifier notifier = notifier("echo \"$@\" > " + out, 5_000)) {
      notifier.send("notify", "--container", "c1");

      await().untilAsserted(() -> assertThat(out).hasContent("notify --container c1"));
    }
  }

  @Test
  void survives_a_launcher_that_fails_or_is_missing() {
    try (AgentNotifier failing = notifier("exit 3", 5_000);
        AgentNotifier missing = new AgentNotifier(Arrays.asList("/nonexistent"), 1, 1_000)) {
      failing.send("container-stopped");
      missing.send("container-stopped");

      await().until(() -> failing.failed() == 1 && missing.failed() == 1);
    }
  }

  @Test
  void gives_up_on_a_launcher_that_hangs_and_drops_what_does_not_fit() {
    Path pid = folder.resolve("pid");
    try (AgentNotifier notifier = notifier("echo $$ > " + pid + "; exec sleep 600", 700)) {
      for (int i = 0; i < 300; i++) {
        notifier.send("container-started");
      }

      assertThat(notifier.dropped()).isGreaterThan(0);
      await().atMost(Duration.ofSeconds(20)).until(() -> notifier.failed() >= 1);
    }
    await().untilAsserted(() -> assertThat(running(pid)).isFalse());
  }

  private static boolean running(Path pid) throws Exception {
    long number = Long.parseLong(Files.readString(pid).trim());
    return ProcessHandle.of(number).map(ProcessHandle::isAlive).orElse(false);
  }

  private static AgentNotifier notifier(String script, long timeoutMillis) {
    return new AgentNotifier(Arrays.asList("/bin/sh", "-c", script, "sh"), 1, timeoutMillis);
  }
}
